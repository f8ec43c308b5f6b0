/** Policies as IAM reads them, written so that none can say "anything": each names its actions and its resources. */
import * as pulumi from "@pulumi/pulumi";

export interface Statement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: pulumi.Output<string[]>;
}

export function allow(actions: readonly string[], resources: readonly pulumi.Input<string | string[]>[]): Statement {
  return { Effect: "Allow", Action: actions, Resource: pulumi.all([...resources]).apply((known) => known.flat()) };
}

export function document(statements: readonly Statement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/** Lets a service of AWS, and nobody else, act as the role. */
export function trust(service: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
}
