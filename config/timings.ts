/**
 * Every span of time that more than one part depends on: the queues and workflows that Pulumi makes, and the worker that
 * serves them. They stand here alone; each can be set by the variable of its name, for all parts alike.
 */
import { ConfigError, type Environment, wholeWithin } from "./environment.ts";

export interface Timings {
  /** How long a receive waits for a message. */
  readonly pollSeconds: number;
  /** How long a received message is hidden from other workers. */
  readonly visibilitySeconds: number;
  /** How often the worker hides a message anew while it works on it. */
  readonly extendSeconds: number;
  /** How often the worker tells Step Functions that it is still at a task. */
  readonly beatSeconds: number;
  /** How long a task may go without a beat. It covers the time in the queue and a dead worker's visibility. */
  readonly heartbeatSeconds: number;
  /** How long a task may take in all, beats or not. */
  readonly taskTimeoutSeconds: number;
  /** As heartbeatSeconds and taskTimeoutSeconds, for a step of an order, whose customer waits. */
  readonly orderHeartbeatSeconds: number;
  readonly orderStepSeconds: number;
  /** How long an execution may take with all its retries. */
  readonly executionTimeoutSeconds: number;
  /** How long queues keep a message. */
  readonly retentionSeconds: number;
}

const DEFAULTS: Timings = {
  pollSeconds: 10,
  visibilitySeconds: 30,
  extendSeconds: 10,
  beatSeconds: 60,
  heartbeatSeconds: 900,
  taskTimeoutSeconds: 3_600,
  orderHeartbeatSeconds: 300,
  orderStepSeconds: 600,
  executionTimeoutSeconds: 14_400,
  retentionSeconds: 1_209_600,
};

/** For how long a queue of AWS keeps a message at most: 14 days. */
export const RETENTION_SECONDS_MOST = 1_209_600;

/** What AWS allows: a long poll of 20 s, a visibility of 12 hours. */
const MOST = { poll: 20, visibility: 43_200, retention: RETENTION_SECONDS_MOST };

/** The longest way through an order's workflow: nine steps in a row, six tried twice, and the three that undo three times. */
export const ORDER_STEPS_MOST = 21;

export function readTimings(environment: Environment): Timings {
  const read = (variable: string, fallback: number, most: number, least = 1) => wholeWithin(environment, variable, fallback, least, most);
  const timings: Timings = {
    pollSeconds: read("POLL_SECONDS", DEFAULTS.pollSeconds, MOST.poll),
    visibilitySeconds: read("VISIBILITY_SECONDS", DEFAULTS.visibilitySeconds, MOST.visibility),
    extendSeconds: read("EXTEND_SECONDS", DEFAULTS.extendSeconds, MOST.visibility),
    beatSeconds: read("BEAT_SECONDS", DEFAULTS.beatSeconds, MOST.retention),
    heartbeatSeconds: read("HEARTBEAT_SECONDS", DEFAULTS.heartbeatSeconds, MOST.retention),
    taskTimeoutSeconds: read("TASK_TIMEOUT_SECONDS", DEFAULTS.taskTimeoutSeconds, MOST.retention),
    orderHeartbeatSeconds: read("ORDER_HEARTBEAT_SECONDS", DEFAULTS.orderHeartbeatSeconds, MOST.retention),
    orderStepSeconds: read("ORDER_STEP_SECONDS", DEFAULTS.orderStepSeconds, MOST.retention),
    executionTimeoutSeconds: read("EXECUTION_TIMEOUT_SECONDS", DEFAULTS.executionTimeoutSeconds, MOST.retention),
    retentionSeconds: read("RETENTION_SECONDS", DEFAULTS.retentionSeconds, MOST.retention, 60),
  };
  assertOrder(timings);
  return timings;
}

/** What must be shorter than what, and what goes wrong where it is not. */
function assertOrder(timings: Timings): void {
  const { extendSeconds, visibilitySeconds, beatSeconds, heartbeatSeconds } = timings;
  const { taskTimeoutSeconds, executionTimeoutSeconds, retentionSeconds } = timings;
  const shorter = (one: string, first: number, other: string, second: number, why: string) => {
    if (first >= second) throw new ConfigError(`${one} (${first}) must be less than ${other} (${second}): ${why}.`);
  };
  shorter("EXTEND_SECONDS", extendSeconds, "VISIBILITY_SECONDS", visibilitySeconds, "a message at work would be received twice");
  shorter("BEAT_SECONDS", beatSeconds, "HEARTBEAT_SECONDS", heartbeatSeconds, "a task at work would be given up");
  shorter("VISIBILITY_SECONDS", visibilitySeconds, "HEARTBEAT_SECONDS", heartbeatSeconds, "a dead worker's task would be given up");
  shorter("HEARTBEAT_SECONDS", heartbeatSeconds, "TASK_TIMEOUT_SECONDS", taskTimeoutSeconds, "no heartbeat would ever be missed");
  const { TASK, EXECUTION } = { TASK: "TASK_TIMEOUT_SECONDS", EXECUTION: "EXECUTION_TIMEOUT_SECONDS" };
  shorter(TASK, taskTimeoutSeconds, EXECUTION, executionTimeoutSeconds, "no task could be tried twice");
  shorter(EXECUTION, executionTimeoutSeconds, "RETENTION_SECONDS", retentionSeconds, "a queue would forget what is awaited");
  const { orderHeartbeatSeconds, orderStepSeconds } = timings;
  const ORDER = "ORDER_HEARTBEAT_SECONDS";
  shorter("BEAT_SECONDS", beatSeconds, ORDER, orderHeartbeatSeconds, "an order's step at work would be given up");
  shorter("VISIBILITY_SECONDS", visibilitySeconds, ORDER, orderHeartbeatSeconds, "a dead worker's step would be given up");
  shorter(ORDER, orderHeartbeatSeconds, "ORDER_STEP_SECONDS", orderStepSeconds, "no heartbeat would ever be missed");
  const longest = orderStepSeconds * ORDER_STEPS_MOST;
  shorter(
    `${ORDER_STEPS_MOST} × ORDER_STEP_SECONDS`,
    longest,
    "EXECUTION_TIMEOUT_SECONDS",
    executionTimeoutSeconds,
    "an order could not end",
  );
}
