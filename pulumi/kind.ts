/** What a kind of record brings into a stack, for those who look after all of them: roles and alarms. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { QueueWithDlq } from "./queue.ts";

/** Each by the name it has on AWS. */
export interface KindResources<Output extends string = string> {
  readonly tables: Readonly<Record<string, aws.dynamodb.Table>>;
  readonly queues: Readonly<Record<string, QueueWithDlq>>;
  readonly machines: Readonly<Record<string, aws.sfn.StateMachine>>;
  readonly buckets?: Readonly<Record<string, aws.s3.Bucket>>;
  readonly outputs: Readonly<Record<Output, pulumi.Output<string>>>;
}
