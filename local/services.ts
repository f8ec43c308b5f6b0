import { createDynamoDb } from "./dynamodb/dynamodb.ts";
import { DYNAMODB_SCHEMA } from "./dynamodb/schema.ts";
import { createIam, IAM_SCHEMA } from "./iam/iam.ts";
import { createLogs, LOGS_SCHEMA } from "./logs.ts";
import type { Options } from "./options.ts";
import { createS3, type S3, S3_SCHEMA } from "./s3/s3.ts";
import type { Service } from "./service.ts";
import { createSqs, SQS_SCHEMA } from "./sqs/sqs.ts";
import { createStepFunctions, STEP_FUNCTIONS_SCHEMA } from "./stepfunctions/service.ts";
import type { Store } from "./store.ts";
import { createSts } from "./sts.ts";

/** Every table of the data file, service by service. */
export const SCHEMA: readonly string[] = [
  ...STEP_FUNCTIONS_SCHEMA,
  ...SQS_SCHEMA,
  ...DYNAMODB_SCHEMA,
  ...S3_SCHEMA,
  ...IAM_SCHEMA,
  ...LOGS_SCHEMA,
];

export interface Services {
  readonly named: readonly Service[];
  readonly s3: S3;
}

/** Makes every service on one store, and gives Step Functions the operations that its Task states may call. */
export function createServices(store: Store, directory: string, options: Pick<Options, "retentionDays">): Services {
  const sqs = createSqs(store);
  const dynamodb = createDynamoDb(store);
  const s3 = createS3(store, directory);
  const states = createStepFunctions(store, {
    retentionDays: options.retentionDays,
    services: { sqs, dynamodb, s3: { operations: s3.named } },
    operations: {
      sendMessage: (input, region) => sqs.sendMessage(input, region, ""),
      getItem: dynamodb.getItem,
      putItem: dynamodb.putItem,
      updateItem: dynamodb.updateItem,
      deleteItem: dynamodb.deleteItem,
    },
  });
  return { named: [states, sqs, dynamodb, createIam(store), createSts(), createLogs(store)], s3 };
}
