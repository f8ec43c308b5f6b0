import type { JsonObject } from "../../json.ts";
import type { Operation } from "../../service.ts";
import type { Store } from "../../store.ts";
import type { Program } from "../asl/program.ts";
import { epochSeconds } from "../time.ts";
import { aliasOperations } from "./alias-operations.ts";
import { Definitions, type StoredRevision } from "./definitions.ts";
import { machineDeleting } from "./errors.ts";
import { arnOfVersion, type Found, Lookup } from "./lookup.ts";
import { type MachineParts, machineOperations } from "./machine-operations.ts";
import { TagTable } from "./tag-table.ts";
import { tagOperations } from "./tags.ts";
import { validateDefinition } from "./validate.ts";
import { versionOperations } from "./version-operations.ts";

export { MACHINE_SCHEMA } from "./schema.ts";

/** What an ARN of a machine, version or alias stands for, as an execution needs it. */
export interface ResolvedMachine {
  machineArn: string;
  name: string;
  roleArn: string;
  definitionId: number;
  /** Set where a version or an alias was named. */
  versionArn: string | undefined;
  aliasArn: string | undefined;
}

/**
 * State machines: their operations for callers, and for the engine what it needs to run them. The engine's methods are synchronous,
 * to be used inside its own writes and reads.
 */
export class Machines {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly #lookup: Lookup;
  readonly #definitions: Definitions;
  #isAnyRunning: (machineArn: string) => boolean = () => false;

  /** `random` gives numbers from 0 up to 1, by which aliases choose among their versions. */
  constructor(store: Store, random: () => number = Math.random) {
    this.#lookup = new Lookup(store, random);
    this.#definitions = new Definitions(store);
    const parts: MachineParts = {
      store,
      lookup: this.#lookup,
      definitions: this.#definitions,
      tags: new TagTable(store),
      isAnyRunning: (machineArn) => this.#isAnyRunning(machineArn),
    };
    this.operations = new Map<string, Operation>([
      ...machineOperations(parts),
      ...versionOperations(parts),
      ...aliasOperations(parts),
      ...tagOperations(parts),
      ["ValidateStateMachineDefinition", validateDefinition],
    ]);
  }

  /** The engine says how it finds an execution of a machine that has not ended. */
  setIsAnyRunning(isAnyRunning: (machineArn: string) => boolean): void {
    this.#isAnyRunning = isAnyRunning;
  }

  /** Throws StateMachineDoesNotExist or InvalidArn. An alias chooses anew with every call. */
  resolve(arn: string): ResolvedMachine {
    return this.#resolved(this.#lookup.find(arn));
  }

  /** As `resolve`, for a new execution: a machine that is being deleted starts none. */
  resolveToStart(arn: string): ResolvedMachine {
    const found = this.#lookup.find(arn);
    if (found.machine.status === "DELETING") throw machineDeleting(arn);
    return this.#resolved(found);
  }

  #resolved({ machine, version, aliasArn }: Found): ResolvedMachine {
    const { definitionId } = version ?? machine;
    return {
      machineArn: machine.arn,
      name: machine.name,
      roleArn: this.#definitions.roleOf(definitionId),
      definitionId,
      versionArn: version && arnOfVersion(version),
      aliasArn,
    };
  }

  program(definitionId: number): Program {
    return this.#definitions.program(definitionId);
  }

  /** The role of a definition, without its text, which may be long. */
  roleOf(definitionId: number): string {
    return this.#definitions.roleOf(definitionId);
  }

  describeDefinition(definitionId: number): StoredRevision {
    return this.#definitions.find(definitionId);
  }

  /** The answer of DescribeStateMachineForExecution: what the execution runs under, even if the machine has changed or gone. */
  describeForExecution(machineArn: string, definitionId: number): JsonObject {
    const revision = this.#definitions.find(definitionId);
    return {
      stateMachineArn: machineArn,
      name: machineArn.slice(machineArn.lastIndexOf(":") + 1),
      updateDate: epochSeconds(revision.createdAt),
      ...this.#definitions.describe(revision),
    };
  }

  /** To be called when executions of a machine have ended: one that waited for that to be deleted goes now. */
  executionsEnded(machineArn: string): void {
    const machine = this.#lookup.machines.find(machineArn);
    if (machine?.status === "DELETING" && !this.#isAnyRunning(machineArn)) this.#lookup.machines.delete(machineArn);
  }
}
