/**
 * The AWS clients of a process. No call may hang: connecting, answering and retrying are bounded, so that a dependency that
 * is down is known within seconds, and a caller is answered while it still listens.
 */
import { Agent } from "node:http";
import { createRequire } from "node:module";
import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Settings } from "./settings.ts";
import { type ShortenedClient, takeShortWay } from "./short-way.ts";

type RequestSigner = Exclude<NonNullable<DynamoDBClientConfig["signer"]>, (...scheme: never[]) => unknown>;

export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly sfn: SFNClient;
  readonly sqs: SQSClient;
  /** Made, and its package loaded, when it is first asked for: most processes never do. */
  readonly s3: S3Client;
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
function unsigned(region: string, service: string): string {
  return `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request`;
}

function signerOf(authorization: string): RequestSigner {
  return {
    sign: async (request) => {
      request.headers.authorization = authorization;
      return request;
    },
  };
}

/** Loads a package in the middle of a program, at once. */
const require = createRequire(import.meta.url);

export function makeClients(settings: Settings, limits: CallLimits): Clients {
  const { endpoints, region, credentials, embedded } = settings;
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
  const at = (endpoint: string | undefined, service: string) => ({
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(embedded ? { signer: signerOf(unsigned(region, service)) } : {}),
  });
  // A long poll is answered late on purpose: its limit is on top of what it waits.
  const pollMs = limits.requestMs + settings.timings.pollSeconds * 1_000;
  const clients = {
    dynamodb: new DynamoDBClient({ ...common, ...at(endpoints.dynamodb, "dynamodb") }),
    sfn: new SFNClient({ ...common, ...at(endpoints.sfn, "states") }),
    // A queue's address is taken for its name where an endpoint is named: whoever named it wants its calls to go there.
    sqs: new SQSClient({
      ...common,
      ...at(endpoints.sqs, "sqs"),
      requestHandler: { ...common.requestHandler, requestTimeout: pollMs },
      useQueueUrlAsEndpoint: endpoints.sqs === undefined,
    }),
  };
  for (const client of Object.values(clients)) dropIdle(client);
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  const shorten = (client: ShortenedClient, endpoint: string | undefined, service: string, requestMs: number) => {
    if (embedded && endpoint !== undefined) takeShortWay(client, { endpoint, authorization: unsigned(region, service), requestMs, agent });
  };
  shorten(clients.dynamodb, endpoints.dynamodb, "dynamodb", limits.requestMs);
  shorten(clients.sfn, endpoints.sfn, "states", limits.requestMs);
  shorten(clients.sqs, endpoints.sqs, "sqs", pollMs);
  let s3: S3Client | undefined;
  return {
    ...clients,
    get s3() {
      s3 ??= dropIdle(makeS3({ ...common, ...at(endpoints.s3, "s3") }));
      return s3;
    },
    destroy: () => {
      for (const client of [...Object.values(clients), s3]) client?.destroy();
      agent.destroy();
    },
  };
}

function makeS3(config: S3ClientConfig): S3Client {
  const { S3Client }: typeof import("@aws-sdk/client-s3") = require("@aws-sdk/client-s3");
  return new S3Client({
    ...config,
    // A bucket's name goes into the path where an endpoint is named: no name server knows `<bucket>.<host>`.
    forcePathStyle: config.endpoint !== undefined,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

function dropIdle<Client extends { readonly middlewareStack: { remove(name: string): boolean } }>(client: Client): Client {
  for (const name of IDLE_MIDDLEWARE) client.middlewareStack.remove(name);
  return client;
}
