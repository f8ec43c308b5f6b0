import type { JsonObject } from "../json.ts";
import type { Call, Operation, Service } from "../service.ts";
import type { Store } from "../store.ts";
import type { Resource } from "./asl/resources.ts";
import { Engine } from "./engine.ts";
import { Executions } from "./executions.ts";
import { Integrations, type LocalOperation } from "./integrations/integrations.ts";
import { MACHINE_SCHEMA, Machines } from "./machines/machines.ts";
import { describeExecution, describeStateMachineForExecution, getExecutionHistory } from "./operations/describe.ts";
import { listExecutions } from "./operations/list.ts";
import { redriveExecution, type Started, startExecution, stopExecution } from "./operations/start.ts";
import { sendTaskFailure, sendTaskHeartbeat, sendTaskSuccess } from "./operations/tasks.ts";
import type { Parts } from "./parts.ts";
import { Retention } from "./retention.ts";
import { EXECUTION_SCHEMA } from "./schema.ts";
import { epochSeconds } from "./time.ts";
import { Tokens } from "./tokens.ts";

/**
 * Step Functions, ours because nothing kept offers it: the interpreters on npm hold executions in memory and have no task
 * tokens, and an execution that waits for a token must outlive the process that parked it.
 */
export const STEP_FUNCTIONS_SCHEMA: readonly string[] = [...MACHINE_SCHEMA, ...EXECUTION_SCHEMA];

export interface StepFunctionsOptions {
  /** The operations of other services that a Task state's step carries out within its own write, by name. */
  operations: Readonly<Record<string, LocalOperation>>;
  /** The other services whose every operation Task states may call. */
  services?: Readonly<Partial<Record<Resource["service"], Pick<Service, "operations">>>>;
  retentionDays: number;
  now?: () => number;
  random?: () => number;
}

/** Where callers reach the endpoint, which is known once it listens. */
interface Address {
  origin: string;
}

export function createStepFunctions(store: Store, options: StepFunctionsOptions): Service {
  const now = options.now ?? Date.now;
  const operations = new Map<string, Operation>();
  const address: Address = { origin: "http://127.0.0.1" };
  const parts = assemble(store, options, operations, address, now);
  for (const [name, operation] of [...parts.machines.operations, ...executionOperations(parts)]) operations.set(name, operation);
  const retention = new Retention(store, options.retentionDays, now);
  return {
    name: "states",
    target: "AWSStepFunctions",
    json: "1.0",
    query: undefined,
    operations,
    start(origin) {
      address.origin = origin;
      parts.engine.start();
      retention.start();
    },
    stop() {
      parts.engine.stop();
      retention.stop();
    },
  };
}

/** `own` are Step Functions' own operations, which its Task states may call like any other service's. */
function assemble(
  store: Store,
  options: StepFunctionsOptions,
  own: ReadonlyMap<string, Operation>,
  address: Address,
  now: () => number,
): Parts {
  const machines = new Machines(store);
  const executions = new Executions(store, machines);
  const tokens = new Tokens(store);
  const integrations = new Integrations({
    store,
    operations: options.operations,
    startExecution: (input, caller) => started(startExecution(parts, input, true, caller)),
    operation: (service, name) => (service === "states" ? own : options.services?.[service]?.operations)?.get(name),
    origin: () => address.origin,
  });
  const ended = (machineArn: string) => machines.executionsEnded(machineArn);
  const engine = new Engine({ store, executions, tokens, integrations, now, random: options.random ?? Math.random, ended });
  const parts: Parts = { store, machines, executions, engine, tokens, now };
  machines.setIsAnyRunning((machineArn) => executions.isAnyRunning(machineArn));
  return parts;
}

function executionOperations(parts: Parts): [string, Operation][] {
  const write =
    (operation: (parts: Parts, input: JsonObject) => JsonObject): Operation =>
    (call: Call) =>
      parts.store.write(() => operation(parts, call.input));
  const read =
    (operation: (parts: Parts, input: JsonObject) => JsonObject): Operation =>
    (call: Call) =>
      parts.store.read(() => operation(parts, call.input));
  return [
    ["StartExecution", write((_, input) => started(startExecution(parts, input, false)))],
    ["StopExecution", write(stopExecution)],
    ["RedriveExecution", write(redriveExecution)],
    ["SendTaskSuccess", write(sendTaskSuccess)],
    ["SendTaskFailure", write(sendTaskFailure)],
    ["SendTaskHeartbeat", write(sendTaskHeartbeat)],
    ["DescribeExecution", read(describeExecution)],
    ["DescribeStateMachineForExecution", read(describeStateMachineForExecution)],
    ["GetExecutionHistory", read(getExecutionHistory)],
    ["ListExecutions", read(listExecutions)],
  ];
}

function started(execution: Started): JsonObject {
  return { executionArn: execution.arn, startDate: epochSeconds(execution.startedAt) };
}
