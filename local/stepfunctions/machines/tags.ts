import { AwsError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import type { Call, Operation } from "../../service.ts";
import { invalidArn } from "./errors.ts";
import { Input } from "./input.ts";
import { ARN, type MachineParts } from "./machine-operations.ts";
import type { Tag } from "./tag-table.ts";

const TAGS_MAX = 50;

export function tagOperations(parts: MachineParts): [string, Operation][] {
  return [
    ["TagResource", (call) => tagResource(parts, call)],
    ["UntagResource", (call) => untagResource(parts, call)],
    ["ListTagsForResource", (call) => parts.store.read(() => listTags(parts, call))],
  ];
}

/** The tags of CreateStateMachine and TagResource. */
export function readTags(input: Input): Tag[] {
  const tags = (input.objects("tags") ?? []).map((tag) => ({
    key: tag.requiredText("key", { min: 1, max: 128 }),
    value: tag.requiredText("value", { max: 256 }),
  }));
  if (new Set(tags.map(({ key }) => key)).size > TAGS_MAX) throw tooManyTags("");
  return tags;
}

function tagResource({ store, lookup, tags }: MachineParts, call: Call): Promise<JsonObject> {
  const input = new Input(call.input);
  const arn = input.requiredText("resourceArn", ARN);
  input.required("tags", input.objects("tags"));
  const given = readTags(input);
  input.check();
  return store.write(() => {
    taggedMachine(lookup.machines, arn);
    tags.add(arn, given);
    if (tags.list(arn).length > TAGS_MAX) throw tooManyTags(arn);
    return {};
  });
}

function untagResource({ store, lookup, tags }: MachineParts, call: Call): Promise<JsonObject> {
  const input = new Input(call.input);
  const arn = input.requiredText("resourceArn", ARN);
  const keys = input.required("tagKeys", input.texts("tagKeys"));
  input.check();
  return store.write(() => {
    taggedMachine(lookup.machines, arn);
    tags.remove(arn, keys);
    return {};
  });
}

function listTags({ lookup, tags }: MachineParts, call: Call): JsonObject {
  const input = new Input(call.input);
  const arn = input.requiredText("resourceArn", ARN);
  input.check();
  taggedMachine(lookup.machines, arn);
  return { tags: tags.list(arn).map(({ key, value }) => ({ key, value })) };
}

/** Only machines themselves have tags; versions and aliases do not. */
function taggedMachine(machines: MachineParts["lookup"]["machines"], arn: string): void {
  if (!arn.startsWith("arn:")) throw invalidArn(`Invalid ARN prefix: ${arn}`);
  if (machines.find(arn) === undefined) throw new AwsError("ResourceNotFound", `Resource not found: '${arn}'`);
}

function tooManyTags(arn: string): AwsError {
  return new AwsError("TooManyTags", `A resource can have at most ${TAGS_MAX} tags.`, { members: { resourceName: arn } });
}
