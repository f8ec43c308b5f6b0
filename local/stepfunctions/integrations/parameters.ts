import { isObject, type Json, type JsonObject } from "../../json.ts";
import type { Resource } from "../asl/resources.ts";
import { SDK_OPERATIONS } from "../asl/sdk-operations.ts";
import type { OutstandingTask } from "../interpreter/execution.ts";

/**
 * The parameters that the operation takes, as text: Step Functions drops the others before it writes down and makes the call.
 * Text that needs no change is handed back as it came.
 */
export function supportedParameters(resource: Resource, text: string): string {
  const value = JSON.parse(text) as Json;
  const names = SDK_OPERATIONS.get(resource.service)?.get(resource.operation);
  if (!isObject(value) || names === undefined) return text;
  const kept = Object.entries(value).filter(([name]) => names.has(name));
  return kept.length === Object.keys(value).length ? text : JSON.stringify(Object.fromEntries(kept));
}

/** Parameters that are text to the service; a Task state may give them as JSON, which is then sent as its text. */
const TEXTS = ["MessageBody", "Input", "Output", "Definition"];

/** What a task calls its service with, spelled as Task states spell it. */
export function callInput(task: OutstandingTask): JsonObject {
  const value = JSON.parse(task.parameters) as Json;
  if (!isObject(value)) return {};
  const input = withTexts(value);
  // Only SendMessageBatch has messages in its entries.
  if (Array.isArray(input.Entries)) input.Entries = input.Entries.map((entry) => (isObject(entry) ? withTexts(entry) : entry));
  return input;
}

function withTexts(members: JsonObject): JsonObject {
  const input = { ...members };
  for (const name of TEXTS) {
    const member = input[name];
    if (member !== undefined && member !== null && typeof member !== "string") input[name] = JSON.stringify(member);
  }
  return input;
}
