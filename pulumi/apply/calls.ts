/** The AWS clients of an apply, and waiting for what takes AWS a while. Every call and every wait is bounded. */
import { setTimeout as sleep } from "node:timers/promises";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SFNClient } from "@aws-sdk/client-sfn";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { type CallLimits, makeClients } from "../../config/clients.ts";
import type { Settings } from "../../config/settings.ts";

export interface Calls {
  readonly dynamodb: DynamoDBClient;
  readonly iam: IAMClient;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly sqs: SQSClient;
  destroy(): void;
}

/** LocalStack loads a service at the first call to it, which can take many seconds. */
const LIMITS: CallLimits = { maxAttempts: 3, connectMs: 2_000, requestMs: 30_000 };
const WAIT_MS_MAX = 90_000;
const PAUSE_MS = { least: 20, most: 2_000 };

export function makeCalls(settings: Settings): Calls {
  const clients = makeClients(settings, LIMITS);
  const { dynamodb, sfn, sqs } = clients;
  const { endpoints, region, credentials } = settings;
  const iam = new IAMClient({
    region,
    ...(endpoints.all !== undefined && { endpoint: endpoints.all }),
    ...(credentials && { credentials }),
    maxAttempts: LIMITS.maxAttempts,
    requestHandler: { connectionTimeout: LIMITS.connectMs, requestTimeout: LIMITS.requestMs, throwOnRequestTimeout: true },
  });
  return {
    dynamodb,
    iam,
    sfn,
    sqs,
    get s3() {
      return clients.s3;
    },
    destroy: () => {
      clients.destroy();
      iam.destroy();
    },
  };
}

/** Asks again, ever less often, until it is so. */
export async function until(what: string, isSo: () => Promise<boolean>, msMax = WAIT_MS_MAX): Promise<void> {
  const deadline = performance.now() + msMax;
  for (let pause = PAUSE_MS.least; !(await isSo()); pause = Math.min(pause * 2, PAUSE_MS.most)) {
    if (performance.now() > deadline) throw new Error(`After ${msMax / 1_000} s still not so: ${what}.`);
    await sleep(pause * (0.5 + Math.random() / 2));
  }
}

/** The call's answer; undefined where AWS says by one of these names that the thing is not there. */
export async function unlessMissing<Answer>(call: Promise<Answer>, ...names: string[]): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return undefined;
    throw error;
  }
}
