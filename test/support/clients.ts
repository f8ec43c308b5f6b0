import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";

/** One client of each service for one endpoint. */
export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly iam: IAMClient;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly sqs: SQSClient;
  readonly sts: STSClient;
  destroy(): void;
}

export interface ClientOptions {
  /** How often the SDK sends a call at most. One, so that a test sees an error that a retry would hide. */
  readonly maxAttempts?: number;
  readonly requestTimeoutMs?: number;
}

export function makeClients(endpoint: string, options: ClientOptions = {}): Clients {
  const config = {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: options.maxAttempts ?? 1,
    requestHandler: {
      httpAgent: { keepAlive: true, maxSockets: 256 },
      // Above the longest long poll, so that only an endpoint that does not answer at all is cut off.
      requestTimeout: options.requestTimeoutMs ?? 30_000,
      throwOnRequestTimeout: true,
    },
  };
  const clients = {
    dynamodb: new DynamoDBClient(config),
    iam: new IAMClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sfn: new SFNClient(config),
    sqs: new SQSClient(config),
    sts: new STSClient(config),
  };
  return {
    ...clients,
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
