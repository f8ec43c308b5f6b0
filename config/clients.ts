/**
 * The AWS clients of a process. No call may hang: connecting, answering and retrying are bounded, so that a dependency that
 * is down is known within seconds, and a caller is answered while it still listens.
 */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Settings } from "./settings.ts";

export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly sfn: SFNClient;
  readonly sqs: SQSClient;
  destroy(): void;
}

export interface CallLimits {
  /** How often the SDK sends a call at most, with backoff and jitter between. */
  readonly maxAttempts: number;
  readonly connectMs: number;
  readonly requestMs: number;
}

/** Callers of the API wait for these; two tries of a second and a half at most. */
export const API_LIMITS: CallLimits = { maxAttempts: 2, connectMs: 500, requestMs: 1_500 };

/** A message is hidden from others meanwhile, so the worker can be more patient. */
export const WORKER_LIMITS: CallLimits = { maxAttempts: 3, connectMs: 1_000, requestMs: 5_000 };

const SOCKETS_MAX = 256;

export function makeClients(settings: Settings, limits: CallLimits): Clients {
  const { endpoints, region, credentials } = settings;
  const common = {
    region,
    ...(credentials && { credentials }),
    maxAttempts: limits.maxAttempts,
    requestHandler: {
      httpAgent: { keepAlive: true, maxSockets: SOCKETS_MAX },
      httpsAgent: { keepAlive: true, maxSockets: SOCKETS_MAX },
      connectionTimeout: limits.connectMs,
      requestTimeout: limits.requestMs,
      throwOnRequestTimeout: true,
    },
  };
  const at = (endpoint: string | undefined) => (endpoint === undefined ? {} : { endpoint });
  // A long poll is answered late on purpose: its limit is on top of what it waits.
  const polling = { ...common.requestHandler, requestTimeout: limits.requestMs + settings.timings.pollSeconds * 1_000 };
  const clients = {
    dynamodb: new DynamoDBClient({ ...common, ...at(endpoints.dynamodb) }),
    sfn: new SFNClient({ ...common, ...at(endpoints.sfn) }),
    // A queue's address is taken for its name where an endpoint is named: whoever named it wants its calls to go there.
    sqs: new SQSClient({ ...common, ...at(endpoints.sqs), requestHandler: polling, useQueueUrlAsEndpoint: endpoints.sqs === undefined }),
  };
  return {
    ...clients,
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
