/** What API and worker are told each: where they listen, how much they take on, and how long they finish. */
import { type Environment, textOf, urlOf, wholeWithin } from "./environment.ts";

/** Local: on this machine's endpoint or LocalStack, with secrets made on first start. Otherwise on AWS, with given ones. */
export type Mode = "local" | "aws";

/** Where a process shows its metrics; port 0 for nowhere. */
export interface MetricsSettings {
  readonly host: string;
  readonly port: number;
  /** The variable that sets the port. */
  readonly variable: string;
}

export interface ApiSettings {
  readonly host: string;
  readonly port: number;
  /** What tracking addresses begin with. */
  readonly publicBaseUrl: string;
  /** So many orders a minute are taken from one user. */
  readonly ordersPerMinute: number;
  readonly limits: AddressLimitSettings;
  /** Bodies above this are refused. */
  readonly bodyBytesMax: number;
  readonly metrics: MetricsSettings;
  readonly drainSeconds: number;
}

export interface AddressLimitSettings {
  /** So many calls a minute with wrong credentials are taken from one address. */
  readonly failedCallsPerMinute: number;
  /** So many calls a minute at all; 0 for any number. */
  readonly callsPerMinute: number;
  /** How many proxies of one's own stand before the API, each adding to X-Forwarded-For. */
  readonly trustedProxies: number;
}

export interface WorkerSettings {
  /** Receives that wait side by side for each queue. */
  readonly pollers: number;
  /** Messages of one queue that are worked on at once. */
  readonly concurrency: number;
  /** The module that does tasks; undefined for what is done without one. */
  readonly taskProcessor: string | undefined;
  readonly metrics: MetricsSettings;
  readonly drainSeconds: number;
}

const DEFAULTS = {
  host: "127.0.0.1",
  apiPort: 8080,
  apiMetricsPort: 8082,
  workerMetricsPort: 9090,
  bodyBytesMax: 64 * 1024,
  ordersPerMinute: 100,
  failedCallsPerMinute: 100,
  callsPerMinute: { local: 0, aws: 6_000 },
  trustedProxies: 0,
  drainSeconds: 25,
  pollers: 2,
  concurrency: 64,
} as const;

export function readApi(environment: Environment, mode: Mode): ApiSettings {
  const port = wholeWithin(environment, "API_PORT", DEFAULTS.apiPort, 0, 65_535);
  return {
    host: textOf(environment, "API_HOST") ?? DEFAULTS.host,
    port,
    publicBaseUrl: urlOf(environment, "APP_PUBLIC_BASE_URL") ?? `http://localhost:${port}`,
    ordersPerMinute: wholeWithin(environment, "ORDERS_PER_MINUTE", DEFAULTS.ordersPerMinute, 1, 100_000),
    limits: {
      failedCallsPerMinute: wholeWithin(environment, "FAILED_CALLS_PER_MINUTE", DEFAULTS.failedCallsPerMinute, 1, 1_000_000),
      callsPerMinute: wholeWithin(environment, "CALLS_PER_MINUTE", DEFAULTS.callsPerMinute[mode], 0, 10_000_000),
      trustedProxies: wholeWithin(environment, "TRUSTED_PROXIES", DEFAULTS.trustedProxies, 0, 10),
    },
    bodyBytesMax: wholeWithin(environment, "BODY_BYTES_MAX", DEFAULTS.bodyBytesMax, 1_024, 1_048_576),
    metrics: readMetrics(environment, "API_METRICS_PORT", DEFAULTS.apiMetricsPort),
    drainSeconds: readDrainSeconds(environment),
  };
}

export function readWorker(environment: Environment): WorkerSettings {
  return {
    pollers: wholeWithin(environment, "WORKER_POLLERS", DEFAULTS.pollers, 1, 32),
    concurrency: wholeWithin(environment, "WORKER_CONCURRENCY", DEFAULTS.concurrency, 1, 1_000),
    taskProcessor: textOf(environment, "TASK_PROCESSOR"),
    metrics: readMetrics(environment, "WORKER_METRICS_PORT", DEFAULTS.workerMetricsPort),
    drainSeconds: readDrainSeconds(environment),
  };
}

/** One time for both to finish what they have. */
function readDrainSeconds(environment: Environment): number {
  return wholeWithin(environment, "DRAIN_SECONDS", DEFAULTS.drainSeconds, 0, 600);
}

function readMetrics(environment: Environment, variable: string, usual: number): MetricsSettings {
  const host = textOf(environment, "METRICS_HOST") ?? DEFAULTS.host;
  return { host, port: wholeWithin(environment, variable, usual, 0, 65_535), variable };
}
