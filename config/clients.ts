/**
 * The AWS clients of a process. No call may hang: connecting, answering and retrying are bounded, so that a dependency that
 * is down is known within seconds, and a caller is answered while it still listens.
 */
import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Settings } from "./settings.ts";

type RequestSigner = Exclude<NonNullable<DynamoDBClientConfig["signer"]>, (...scheme: never[]) => unknown>;

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

/** What a third of each call's time went to, for nothing: a log that is off, the SDK's name, a loop that only Lambda has. */
const IDLE_MIDDLEWARE = ["loggerMiddleware", "getUserAgentMiddleware", "recursionDetectionMiddleware"];

/** Milepost's own endpoint checks no signatures, so none is made: it reads the region and the service from where they stand. */
function scopeOnly(region: string, service: string): RequestSigner {
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request`;
  return {
    sign: async (request) => {
      request.headers.authorization = authorization;
      return request;
    },
  };
}

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
  const unsigned = (service: string) => (settings.embedded ? { signer: scopeOnly(region, service) } : {});
  const clients = {
    dynamodb: new DynamoDBClient({ ...common, ...at(endpoints.dynamodb), ...unsigned("dynamodb") }),
    sfn: new SFNClient({ ...common, ...at(endpoints.sfn), ...unsigned("states") }),
    // A queue's address is taken for its name where an endpoint is named: whoever named it wants its calls to go there.
    sqs: new SQSClient({
      ...common,
      ...at(endpoints.sqs),
      ...unsigned("sqs"),
      requestHandler: polling,
      useQueueUrlAsEndpoint: endpoints.sqs === undefined,
    }),
  };
  for (const { middlewareStack } of Object.values(clients)) for (const name of IDLE_MIDDLEWARE) middlewareStack.remove(name);
  return {
    ...clients,
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
