/**
 * What a state machine puts into a queue: the step to be done, the event it is done for, and the token to answer with.
 * Readers ignore fields they do not know and take every version, so an older worker can serve a newer workflow.
 */
import { type ChangeEvent, InvalidEvent, type Origin, parseEvent } from "../domain/event.ts";

export interface TaskMessage {
  /** Which step of the workflow this is. */
  readonly step: string;
  /** Lets its bearer end the step: never logged, never shown. */
  readonly taskToken: string;
  /** The execution's name: the event's id, with the number of the attempt after the first. */
  readonly execution: string;
  readonly event: ChangeEvent;
  /** What the workflow tells this step beside the event, such as why an earlier one failed. The step checks it. */
  readonly detail?: unknown;
}

export class InvalidMessage extends Error {
  override readonly name = "InvalidMessage";
}

/** A token that could be one of Step Functions': it has at most 1,024 characters. */
const TOKEN = /^[\x21-\x7e]{1,2048}$/;
const STEP = /^[A-Za-z]{1,64}$/;
const EXECUTION = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/;

export function parseTaskMessage(body: string): TaskMessage {
  const fields = fieldsOf(body);
  const detail = fields.get("detail");
  return {
    step: textOf(fields, "step", STEP),
    taskToken: textOf(fields, "taskToken", TOKEN),
    execution: textOf(fields, "execution", EXECUTION),
    event: eventOf(fields.get("event")),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** Whether a workflow has sent it, as far as can be told: it has a token, or is no object of JSON at all. */
export function isTask(body: string): boolean {
  try {
    return fieldsOf(body).has("taskToken");
  } catch {
    return true;
  }
}

/** The token of a message that may be no good otherwise, so that whoever waits for it can be told. */
export function taskTokenOf(body: string): string | undefined {
  try {
    return textOf(fieldsOf(body), "taskToken", TOKEN);
  } catch {
    return undefined;
  }
}

/** What lines about a message bear, so that they are found with those of the call it goes back to; nothing where it is no task. */
export function traceOf(body: string): { readonly eventId?: string } & Pick<Origin, "http"> {
  try {
    const { eventId, http } = parseTaskMessage(body).event;
    return { eventId, ...(http !== undefined && { http }) };
  } catch {
    return {};
  }
}

const MASKED = "[masked]";

/** A message's text without the token, as it may be kept and shown. A masked token is still one in form, of no execution. */
export function maskTaskToken(body: string): string {
  let isMasked = false;
  const mask = (name: string, value: unknown) => {
    if (name !== "taskToken" || typeof value !== "string") return value;
    isMasked = true;
    return MASKED;
  };
  try {
    const masked = JSON.stringify(JSON.parse(body, mask));
    return isMasked ? masked : body;
  } catch {
    // What is no JSON may be a cut or mangled message all the same.
    return body.replace(/(taskToken\W{1,16})[\x21\x23-\x7e]+/g, `$1${MASKED}`);
  }
}

function fieldsOf(body: string): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new InvalidMessage("The message is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new InvalidMessage("The message is not a JSON object.");
  return new Map(Object.entries(value));
}

function textOf(fields: ReadonlyMap<string, unknown>, name: string, rule: RegExp): string {
  const value = fields.get(name);
  if (typeof value !== "string" || !rule.test(value)) throw new InvalidMessage(`The message's ${name} is not one.`);
  return value;
}

function eventOf(value: unknown): ChangeEvent {
  try {
    return parseEvent(value);
  } catch (error) {
    if (error instanceof InvalidEvent) throw new InvalidMessage(error.message);
    throw error;
  }
}
