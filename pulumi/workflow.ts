/** A kind's state machine, from its file in workflows/, and the role it runs as: it may put messages into its own queues, no more. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { definitionOf } from "../workflows/definition.ts";
import { allow, document, trust } from "./policies.ts";
import type { Target } from "./target.ts";

export interface WorkflowShape {
  /** What the file's placeholders stand for, beside the timings. */
  readonly values: Readonly<Record<string, pulumi.Input<string>>>;
  readonly sendsTo: readonly aws.sqs.Queue[];
}

export function makeWorkflow({ settings, options }: Target, kind: string, { values, sendsTo }: WorkflowShape): aws.sfn.StateMachine {
  const roleName = `milepost-${kind}-workflow`;
  const role = new aws.iam.Role(roleName, { name: roleName, assumeRolePolicy: trust("states.amazonaws.com") }, options);
  const sending = new aws.iam.RolePolicy(
    `${roleName}-sends`,
    {
      name: "sends",
      role: role.name,
      policy: document([
        allow(
          ["sqs:SendMessage"],
          sendsTo.map((queue) => queue.arn),
        ),
      ]),
    },
    options,
  );
  const definition = pulumi.all(values).apply((known) => definitionOf(kind, { ...settings.timings, ...known }));
  // An execution that began before its role may send would fail.
  return new aws.sfn.StateMachine(kind, { name: kind, roleArn: role.arn, definition }, { ...options, dependsOn: [sending] });
}
