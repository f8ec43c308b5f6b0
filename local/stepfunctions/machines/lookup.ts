import type { Store } from "../../store.ts";
import { type Alias, AliasTable } from "./alias-table.ts";
import { parseMachineArn, versionArnOf } from "./arns.ts";
import { machineDeleting, machineDoesNotExist } from "./errors.ts";
import { type Machine, MachineTable } from "./machine-table.ts";
import { type Version, VersionTable } from "./version-table.ts";

/** What an ARN stands for: a machine as it is now, one of its versions, or the version its alias chose this time. */
export interface Found {
  machine: Machine;
  version: Version | undefined;
  aliasArn: string | undefined;
}

/** The tables of machines, and finding in them what an ARN names. */
export class Lookup {
  readonly machines: MachineTable;
  readonly versions: VersionTable;
  readonly aliases: AliasTable;
  readonly #random: () => number;

  constructor(store: Store, random: () => number) {
    this.machines = new MachineTable(store);
    this.versions = new VersionTable(store);
    this.aliases = new AliasTable(store);
    this.#random = random;
  }

  /** A machine, version or alias; an alias chooses a version by its weights. */
  find(arn: string): Found {
    const { machineArn, qualifier } = parseMachineArn(arn);
    const machine = this.machines.find(machineArn);
    if (machine === undefined) throw machineDoesNotExist(arn);
    if (qualifier === undefined) return { machine, version: undefined, aliasArn: undefined };
    const alias = "alias" in qualifier ? this.aliases.find(arn) : undefined;
    const number = "version" in qualifier ? qualifier.version : alias && this.#choose(alias);
    const version = number === undefined ? undefined : this.versions.find(machineArn, number);
    if (version === undefined) throw machineDoesNotExist(arn);
    return { machine, version, aliasArn: alias?.arn };
  }

  /** A machine by its own ARN, for the operations that know nothing of versions and aliases. */
  machine(arn: string): Machine {
    const { machineArn, qualifier } = parseMachineArn(arn);
    const machine = qualifier === undefined ? this.machines.find(machineArn) : undefined;
    if (machine === undefined) throw machineDoesNotExist(arn);
    return machine;
  }

  /** A machine that can still be changed. */
  activeMachine(arn: string): Machine {
    const machine = this.machine(arn);
    if (machine.status === "DELETING") throw machineDeleting(arn);
    return machine;
  }

  #choose({ routes }: Alias): number | undefined {
    let rest = this.#random() * 100;
    const chosen = routes.find(({ weight }) => {
      rest -= weight;
      return rest < 0;
    });
    return (chosen ?? routes.at(-1))?.version;
  }
}

export function arnOfVersion({ machineArn, version }: Version): string {
  return versionArnOf(machineArn, version);
}
