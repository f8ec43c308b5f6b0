import { conflict } from "./errors.ts";
import type { Lookup } from "./lookup.ts";
import type { Machine } from "./machine-table.ts";
import type { Version } from "./version-table.ts";

/** How a revision is named that was not made by an update. */
const INITIAL_REVISION = "INITIAL";

/** Publishes what a machine does now as its next version. What is published already keeps its version. */
export function publish({ machines, versions }: Lookup, machine: Machine, description: string | undefined): Version {
  const published = versions.findByDefinition(machine.arn, machine.definitionId);
  if (published !== undefined) return published;
  const version: Version = {
    machineArn: machine.arn,
    version: machine.lastVersion + 1,
    definitionId: machine.definitionId,
    description,
    createdAt: Date.now(),
  };
  versions.insert(version);
  machines.setLastVersion(machine.arn, version.version);
  return version;
}

/** Throws where the caller wants another revision than the machine has now. */
export function checkRevision(wanted: string | undefined, current: string | undefined): void {
  if (wanted === undefined || wanted === (current ?? INITIAL_REVISION)) return;
  throw conflict(
    `Failed to publish the State Machine version for revision ${wanted}. The current State Machine revision is ${current ?? INITIAL_REVISION}.`,
  );
}

/** A version that is deleted must not be in the way of an alias. */
export function deleteVersion({ versions, aliases }: Lookup, version: Version): void {
  const names = aliases
    .all(version.machineArn)
    .filter(({ routes }) => routes.some((route) => route.version === version.version))
    .map(({ name }) => name);
  if (names.length > 0) {
    const list = names.join(", ");
    throw conflict(`Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${list}]`);
  }
  versions.delete(version.machineArn, version.version);
}
