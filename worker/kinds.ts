/** The kinds of records the worker serves. Another one is a file beside this, and a line here. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Outputs } from "../config/outputs.ts";
import { requestsKind } from "./requests.ts";
import type { WorkerKind } from "./step.ts";

export function workerKinds(outputs: Outputs, client: DynamoDBClient): WorkerKind[] {
  return [requestsKind(outputs, client)];
}
