import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { AwsError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import type { Call, Operation } from "../../service.ts";
import type { Store } from "../../store.ts";
import { invalidDefinitionMessage } from "../asl/diagnostics.ts";
import { parseDefinition } from "../asl/parse.ts";
import { epochSeconds } from "../time.ts";
import { machineArnOf, machineArnPrefix, parseMachineArn } from "./arns.ts";
import type { Definitions, Revision, StoredRevision } from "./definitions.ts";
import { invalidArn, machineAlreadyExists, machineDeleting } from "./errors.ts";
import { Input, validationError } from "./input.ts";
import { arnOfVersion, type Lookup } from "./lookup.ts";
import type { Machine } from "./machine-table.ts";
import { pageOf, readPageRequest } from "./pages.ts";
import { publish } from "./publishing.ts";
import { DEFAULT_SETTINGS, readSettings, type Settings } from "./settings.ts";
import type { TagTable } from "./tag-table.ts";
import { readTags } from "./tags.ts";

export const ARN = { min: 1, max: 256 };
export const DESCRIPTION = { max: 256 };
const DEFINITION = { min: 1, max: 1_048_576 };
const MACHINE_NAME = { min: 1, max: 80 };
/** White space, brackets, wildcards, special and control characters cannot stand in a name. */
const FORBIDDEN_IN_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u;
const ROLE_ARN = /^arn:[a-z-]+:iam::\d{12}:role\/.+$/;

export interface MachineParts {
  store: Store;
  lookup: Lookup;
  definitions: Definitions;
  tags: TagTable;
  /** Whether an execution of a machine still runs. */
  isAnyRunning(machineArn: string): boolean;
}

export function machineOperations(parts: MachineParts): [string, Operation][] {
  const { store } = parts;
  return [
    ["CreateStateMachine", (call) => createMachine(parts, call)],
    ["UpdateStateMachine", (call) => updateMachine(parts, call)],
    ["DeleteStateMachine", (call) => deleteMachine(parts, call)],
    ["DescribeStateMachine", (call) => store.read(() => describeMachine(parts, call))],
    ["ListStateMachines", (call) => store.read(() => listMachines(parts, call))],
  ];
}

function createMachine({ store, lookup, definitions, tags }: MachineParts, call: Call): Promise<JsonObject> {
  const input = new Input(call.input);
  const name = input.requiredText("name", MACHINE_NAME);
  const text = input.requiredText("definition", DEFINITION);
  const roleArn = input.requiredText("roleArn", ARN);
  const type = input.text("type", { values: ["STANDARD", "EXPRESS"] });
  const settings: Settings = { ...DEFAULT_SETTINGS, ...readSettings(input) };
  const given = readTags(input);
  const publishing = readPublishing(input);
  if (FORBIDDEN_IN_NAME.test(name)) throw new AwsError("InvalidName", `Invalid Name: '${name}'`);
  checkRole(roleArn);
  const isExpress = type === "EXPRESS";
  checkDefinition(text, isExpress);
  if (isExpress) throw expressNotCovered();
  const arn = machineArnOf(call.region, name);
  const createVersion = publishing === undefined ? undefined : JSON.stringify(publishing);
  return store.write(() => {
    const existing = lookup.machines.find(arn);
    if (existing !== undefined) {
      checkSame(existing, definitions.find(existing.definitionId), text, settings, createVersion);
      return createdAnswer(lookup, existing);
    }
    const definitionId = definitions.insert({ text, roleArn, settings, revisionId: undefined });
    const machine: Machine = { arn, name, status: "ACTIVE", definitionId, lastVersion: 0, createVersion, createdAt: Date.now() };
    lookup.machines.insert(machine);
    tags.add(arn, given);
    if (publishing !== undefined) publish(lookup, machine, publishing.description);
    return createdAnswer(lookup, machine);
  });
}

/** Whether a call that creates an existing machine repeats the one that made it; role and tags are not compared. */
function checkSame(existing: Machine, current: Revision, text: string, settings: Settings, createVersion: string | undefined): void {
  if (existing.status === "DELETING") throw machineDeleting(existing.arn);
  const same = current.text === text && isDeepStrictEqual(current.settings, settings) && existing.createVersion === createVersion;
  if (!same) throw machineAlreadyExists(existing.arn);
}

function createdAnswer({ versions }: Lookup, machine: Machine): JsonObject {
  const published = machine.createVersion === undefined ? undefined : versions.find(machine.arn, 1);
  return {
    stateMachineArn: machine.arn,
    creationDate: epochSeconds(machine.createdAt),
    ...(published === undefined ? {} : { stateMachineVersionArn: arnOfVersion(published) }),
  };
}

/** Whether a version is to be published along with the change, and its description. Ends the reading of the input. */
function readPublishing(input: Input): { description?: string } | undefined {
  const wanted = input.flag("publish") ?? false;
  const description = input.text("versionDescription", DESCRIPTION);
  input.check();
  if (!wanted && description) throw validationError("Version description can only be set when publish is true");
  if (!wanted) return undefined;
  return description ? { description } : {};
}

function checkRole(roleArn: string): void {
  if (!ROLE_ARN.test(roleArn)) throw new AwsError("InvalidArn", `Invalid Role Arn: '${roleArn}'`);
}

function checkDefinition(text: string, isExpress = false): void {
  const parsed = parseDefinition(text, isExpress);
  if ("diagnostics" in parsed) throw new AwsError("InvalidDefinition", invalidDefinitionMessage(parsed.diagnostics));
}

function expressNotCovered(): AwsError {
  const message = "The embedded endpoint does not cover state machines of the type EXPRESS; use the type STANDARD.";
  return new AwsError("StateMachineTypeNotSupported", message);
}

function updateMachine({ store, lookup, definitions }: MachineParts, call: Call): Promise<JsonObject> {
  const input = new Input(call.input);
  const arn = input.requiredText("stateMachineArn", ARN);
  const text = input.text("definition", DEFINITION);
  const roleArn = input.text("roleArn", ARN);
  const settings = readSettings(input);
  const publishing = readPublishing(input);
  parseMachineArn(arn);
  if (text === undefined && roleArn === undefined && Object.keys(settings).length === 0) throw nothingToUpdate();
  if (roleArn !== undefined) checkRole(roleArn);
  if (text !== undefined) checkDefinition(text);
  return store.write(() => {
    const machine = lookup.activeMachine(arn);
    const current = definitions.find(machine.definitionId);
    const changed = changedRevision(current, { text, roleArn, settings });
    const definitionId = changed === undefined ? current.id : definitions.insert(changed);
    if (changed !== undefined) lookup.machines.setDefinition(machine.arn, definitionId);
    const version = publishing && publish(lookup, { ...machine, definitionId }, publishing.description);
    const { revisionId } = changed ?? current;
    return {
      updateDate: epochSeconds(Date.now()),
      ...(revisionId === undefined ? {} : { revisionId }),
      ...(version === undefined ? {} : { stateMachineVersionArn: arnOfVersion(version) }),
    };
  });
}

interface Change {
  text: string | undefined;
  roleArn: string | undefined;
  settings: Partial<Settings>;
}

/** The revision after a change, or undefined where nothing would be different. */
function changedRevision(current: StoredRevision, { text, roleArn, settings }: Change): Revision | undefined {
  const next = { text: text ?? current.text, roleArn: roleArn ?? current.roleArn, settings: { ...current.settings, ...settings } };
  const same = next.text === current.text && next.roleArn === current.roleArn && isDeepStrictEqual(next.settings, current.settings);
  return same ? undefined : { ...next, revisionId: randomUUID() };
}

function nothingToUpdate(): AwsError {
  const message = "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified";
  return new AwsError("MissingRequiredParameter", message);
}

/** A machine with executions is only marked; it goes when the last of them has ended. Deleting one that is not there is no error. */
function deleteMachine({ store, lookup, isAnyRunning }: MachineParts, call: Call): Promise<JsonObject> {
  const input = new Input(call.input);
  const arn = input.requiredText("stateMachineArn", ARN);
  input.check();
  if (parseMachineArn(arn).qualifier !== undefined) throw invalidArn(arn);
  return store.write(() => {
    if (lookup.machines.find(arn) === undefined) return {};
    if (isAnyRunning(arn)) lookup.machines.setDeleting(arn);
    else lookup.machines.delete(arn);
    return {};
  });
}

function describeMachine({ lookup, definitions }: MachineParts, call: Call): JsonObject {
  const input = new Input(call.input);
  const arn = input.requiredText("stateMachineArn", ARN);
  input.text("includedData", { values: ["ALL_DATA", "METADATA_ONLY"] });
  input.check();
  const { machine, version } = lookup.find(arn);
  const { description } = version ?? {};
  return {
    stateMachineArn: version === undefined ? machine.arn : arnOfVersion(version),
    name: machine.name,
    status: machine.status,
    type: "STANDARD",
    creationDate: epochSeconds((version ?? machine).createdAt),
    ...(description === undefined ? {} : { description }),
    ...definitions.describe(definitions.find((version ?? machine).definitionId)),
  };
}

function listMachines({ lookup }: MachineParts, call: Call): JsonObject {
  const request = readPageRequest(new Input(call.input), "machines");
  const rows = lookup.machines.list(machineArnPrefix(call.region), String(request.after ?? ""), request.limit + 1);
  const { entries, nextToken } = pageOf(rows, request, "machines", ({ name }) => name);
  return {
    stateMachines: entries.map(({ arn, name, createdAt }) => ({
      stateMachineArn: arn,
      name,
      type: "STANDARD",
      creationDate: epochSeconds(createdAt),
    })),
    ...(nextToken === undefined ? {} : { nextToken }),
  };
}
