import { randomBytes, randomUUID } from "node:crypto";
import type { AwsError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import type { Resource } from "../asl/resources.ts";
import type { Failure } from "../interpreter/execution.ts";
import { isModeled } from "./modeled-errors.ts";

/** How Step Functions words the error of a service it called: the older SDK's form for its own integrations, the newer one's for `aws-sdk:`. */
interface Naming {
  prefix: string;
  /** The exception of an error the SDK has no class for. */
  general: string;
  service: string;
  /** Whether the service gives each request a second id, which the SDK tells as well. */
  extended?: true;
  /** What the newer SDK says at the end since it counts its attempts; AWS was seen to word Step Functions' own errors with it. */
  ending?: string;
}

/** S3 has no integration of AWS's own, only that by the SDK. */
const OPTIMIZED: Readonly<Partial<Record<Resource["service"], Naming>>> = {
  sqs: { prefix: "SQS", general: "AmazonSQSException", service: "AmazonSQS" },
  dynamodb: { prefix: "DynamoDB", general: "AmazonDynamoDBException", service: "AmazonDynamoDBv2" },
  states: { prefix: "StepFunctions", general: "AWSStepFunctionsException", service: "AWSStepFunctions" },
};

const SDK: Readonly<Record<Resource["service"], Naming>> = {
  sqs: { prefix: "Sqs", general: "SqsException", service: "Sqs" },
  dynamodb: { prefix: "DynamoDb", general: "DynamoDbException", service: "DynamoDb" },
  s3: { prefix: "S3", general: "S3Exception", service: "S3", extended: true },
  states: { prefix: "Sfn", general: "SfnException", service: "Sfn", ending: " (SDK Attempt Count: 1)" },
};

export function callFailure({ service, sdk }: Pick<Resource, "service" | "sdk">, error: AwsError): Failure {
  const naming = (sdk ? undefined : OPTIMIZED[service]) ?? SDK[service];
  const exception = `${naming.prefix}.${exceptionName(service, error, naming)}`;
  const requestId = randomUUID();
  if (sdk) {
    const ids = `Request ID: ${requestId}${naming.extended === true ? `, Extended Request ID: ${randomBytes(56).toString("base64")}` : ""}`;
    const cause = `${error.message} (Service: ${naming.service}, Status Code: ${error.status}, ${ids})${naming.ending ?? ""}`;
    return { error: exception, cause };
  }
  const code = error.queryCode ?? error.code;
  const cause = `${error.message} (Service: ${naming.service}; Status Code: ${error.status}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`;
  return { error: exception, cause };
}

function exceptionName(service: Resource["service"], error: AwsError, naming: Naming): string {
  if (!isModeled(service, error.code)) return naming.general;
  return error.code.endsWith("Exception") ? error.code : `${error.code}Exception`;
}

/** An address that names no queue but only a host, which the SDK then looks for in vain. */
const NO_QUEUE = /^https?:\/\/([^/]+)\/?$/;

/** What AWS's own integration with SQS says where the queue's URL leads to no host of AWS. */
export function unreachableQueue(resource: Pick<Resource, "service" | "sdk">, input: JsonObject): Failure | undefined {
  if (resource.service !== "sqs" || resource.sdk || typeof input.QueueUrl !== "string") return undefined;
  const host = NO_QUEUE.exec(input.QueueUrl)?.[1];
  if (host === undefined) return undefined;
  return { error: "SQS.SdkClientException", cause: `Unable to execute HTTP request: ${host}: Name or service not known` };
}
