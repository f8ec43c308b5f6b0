/**
 * What is done for a task. This is the one place for work of your own: a module whose default export is a `ProcessTask`, named
 * by the variable TASK_PROCESSOR. The mechanism around it needs no change: see docs/tasks.md.
 */
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { ConfigError } from "../config/environment.ts";
import type { Logger } from "../config/logger.ts";
import { reasonOf } from "./reasons.ts";

export interface Task {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

export interface TaskContext {
  /** Nobody waits for the work any more: the worker ends, or it took longer than any task may. What comes later is not kept. */
  readonly signal: AbortSignal;
  /** Which attempt at the task this is, from 1. */
  readonly attempt: number;
  readonly logger: Pick<Logger, "debug" | "info" | "warn" | "error">;
}

/**
 * Does a task and gives its result. Throwing is a failed attempt; after three, the message of the last error is the reason
 * for which the task has failed. An attempt may be repeated after its work was done, where the worker died just then.
 */
export type ProcessTask = (task: Task, context: TaskContext) => Promise<string>;

/** What is done where no module is named. */
export const describeTask: ProcessTask = async ({ title, description }) => {
  const processed = `Processed task '${title}' at ${new Date().toISOString()}`;
  return description === undefined ? processed : `${processed} with description: ${description}`;
};

/** Loads a module in the middle of a program, at once, so that a worker with a wrong one does not start. */
const require = createRequire(import.meta.url);

/** @param module a path, from the working directory; undefined for what is done without one */
export function loadTaskProcessor(module: string | undefined): ProcessTask {
  if (module === undefined) return describeTask;
  const processor = defaultExportOf(load(module));
  if (!isProcessor(processor))
    throw new ConfigError(`TASK_PROCESSOR names ${module}, whose default export is ${typeof processor}, not a function.`);
  return processor;
}

function load(module: string): unknown {
  try {
    return require(resolve(module));
  } catch (error) {
    const [reason = ""] = reasonOf(error).split("\n");
    throw new ConfigError(`TASK_PROCESSOR names ${module}, which cannot be loaded: ${reason.replace(/\.$/, "")}.`);
  }
}

/** A CommonJS module may be the function itself. */
function defaultExportOf(module: unknown): unknown {
  return typeof module === "object" && module !== null && "default" in module ? module.default : module;
}

/** What it takes and gives cannot be seen; what it gives is checked each time. */
function isProcessor(value: unknown): value is ProcessTask {
  return typeof value === "function";
}
