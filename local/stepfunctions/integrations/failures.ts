import { randomUUID } from "node:crypto";
import type { AwsError } from "../../errors.ts";
import type { Failure, OutstandingTask } from "../interpreter/execution.ts";

/** How Step Functions words the error of a service it called: the older SDK's form for its own integrations, the newer one's for `aws-sdk:`. */
interface Naming {
  prefix: string;
  /** The exception of an error the SDK has no class for. */
  general: string;
  service: string;
}

const OPTIMIZED: Readonly<Record<string, Naming>> = {
  sqs: { prefix: "SQS", general: "AmazonSQSException", service: "AmazonSQS" },
  dynamodb: { prefix: "DynamoDB", general: "AmazonDynamoDBException", service: "AmazonDynamoDBv2" },
  states: { prefix: "StepFunctions", general: "AWSStepFunctionsException", service: "AWSStepFunctions" },
};

const SDK: Readonly<Record<string, Naming>> = {
  "aws-sdk:sqs": { prefix: "Sqs", general: "SqsException", service: "Sqs" },
  "aws-sdk:dynamodb": { prefix: "DynamoDb", general: "DynamoDbException", service: "DynamoDb" },
  "aws-sdk:sfn": { prefix: "Sfn", general: "SfnException", service: "Sfn" },
};

/** Codes that no exception class of the SDKs stands for. */
const GENERAL = new Set(["ValidationException", "MissingParameter", "InvalidParameterValue", "ValidationError"]);

export function callFailure(task: OutstandingTask, error: AwsError): Failure {
  const requestId = randomUUID();
  const optimized = OPTIMIZED[task.resourceType];
  if (optimized !== undefined) {
    const code = error.queryCode ?? error.code;
    const cause = `${error.message} (Service: ${optimized.service}; Status Code: ${error.status}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`;
    return { error: `${optimized.prefix}.${exceptionName(error, optimized)}`, cause };
  }
  const naming = SDK[task.resourceType] ?? { prefix: "Sdk", general: "SdkException", service: task.resourceType };
  const cause = `${error.message} (Service: ${naming.service}, Status Code: ${error.status}, Request ID: ${requestId})`;
  return { error: `${naming.prefix}.${exceptionName(error, naming)}`, cause };
}

function exceptionName(error: AwsError, naming: Naming): string {
  if (GENERAL.has(error.code)) return naming.general;
  return error.code.endsWith("Exception") ? error.code : `${error.code}Exception`;
}
