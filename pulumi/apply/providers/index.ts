/** The types of resources that the in-process apply can keep. A new one is a file beside these and a line below. */
import type { ResourceType } from "../resource-type.ts";
import { DYNAMODB_TABLE } from "./dynamodb-table.ts";
import { IAM_ROLE } from "./iam-role.ts";
import { IAM_ROLE_POLICY } from "./iam-role-policy.ts";
import { S3_BUCKET } from "./s3-bucket.ts";
import { SFN_STATE_MACHINE } from "./sfn-state-machine.ts";
import { SQS_QUEUE } from "./sqs-queue.ts";
import { SQS_REDRIVE_ALLOW_POLICY } from "./sqs-redrive-allow-policy.ts";

export const RESOURCE_TYPES: readonly ResourceType[] = [
  DYNAMODB_TABLE,
  IAM_ROLE,
  IAM_ROLE_POLICY,
  S3_BUCKET,
  SFN_STATE_MACHINE,
  SQS_QUEUE,
  SQS_REDRIVE_ALLOW_POLICY,
];
