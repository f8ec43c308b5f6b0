import type { JsonObject } from "../../json.ts";
import type { Call, Operation } from "../../service.ts";
import { epochSeconds } from "../time.ts";
import { parseMachineArn } from "./arns.ts";
import { invalidArn } from "./errors.ts";
import { Input } from "./input.ts";
import { arnOfVersion } from "./lookup.ts";
import { ARN, DESCRIPTION, type MachineParts } from "./machine-operations.ts";
import { pageOf, readPageRequest } from "./pages.ts";
import { checkRevision, deleteVersion, publish } from "./publishing.ts";

const LONG_ARN = { min: 1, max: 2000 };

export function versionOperations(parts: MachineParts): [string, Operation][] {
  return [
    ["PublishStateMachineVersion", (call) => publishVersion(parts, call)],
    ["DeleteStateMachineVersion", (call) => removeVersion(parts, call)],
    ["ListStateMachineVersions", (call) => parts.store.read(() => listVersions(parts, call))],
  ];
}

function publishVersion({ store, lookup, definitions }: MachineParts, call: Call): Promise<JsonObject> {
  const input = new Input(call.input);
  const arn = input.requiredText("stateMachineArn", ARN);
  const revisionId = input.text("revisionId");
  const description = input.text("description", DESCRIPTION);
  input.check();
  return store.write(() => {
    const machine = lookup.activeMachine(arn);
    checkRevision(revisionId, definitions.find(machine.definitionId).revisionId);
    const version = publish(lookup, machine, description);
    return { creationDate: epochSeconds(version.createdAt), stateMachineVersionArn: arnOfVersion(version) };
  });
}

/** Deleting a version that is not there is no error. */
function removeVersion({ store, lookup }: MachineParts, call: Call): Promise<JsonObject> {
  const input = new Input(call.input);
  const arn = input.requiredText("stateMachineVersionArn", LONG_ARN);
  input.check();
  const { machineArn, qualifier } = parseMachineArn(arn);
  if (qualifier === undefined || !("version" in qualifier)) throw invalidArn(arn);
  return store.write(() => {
    const version = lookup.versions.find(machineArn, qualifier.version);
    if (version !== undefined) deleteVersion(lookup, version);
    return {};
  });
}

function listVersions({ lookup }: MachineParts, call: Call): JsonObject {
  const input = new Input(call.input);
  const arn = input.requiredText("stateMachineArn", ARN);
  const request = readPageRequest(input, "versions");
  const { machineArn, qualifier } = parseMachineArn(arn);
  // Unlike elsewhere, AWS calls the ARN of a machine that is not there invalid here.
  if (qualifier !== undefined || lookup.machines.find(machineArn) === undefined) throw invalidArn(arn);
  const before = typeof request.after === "number" ? request.after : Number.MAX_SAFE_INTEGER;
  const rows = lookup.versions.list(machineArn, before, request.limit + 1);
  const { entries, nextToken } = pageOf(rows, request, "versions", ({ version }) => version);
  return {
    stateMachineVersions: entries.map((version) => ({
      stateMachineVersionArn: arnOfVersion(version),
      creationDate: epochSeconds(version.createdAt),
    })),
    ...(nextToken === undefined ? {} : { nextToken }),
  };
}
