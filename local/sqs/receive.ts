import type { JsonObject } from "../json.ts";
import type { Call } from "../service.ts";
import type { Store } from "../store.ts";
import type { Attempts } from "./attempts.ts";
import { invalidValue } from "./errors.ts";
import { formatMessage, parseSelection, type Selection } from "./incoming.ts";
import { boundedInteger, optionalText, requiredText, textList } from "./input.ts";
import type { Attempted, Poll, Polls } from "./polls.ts";
import type { Queue } from "./queue.ts";
import type { QueueTable } from "./queue-table.ts";
import type { Take, Taking } from "./taking.ts";
import { isToken } from "./text.ts";

interface Request {
  readonly url: string;
  readonly region: string;
  readonly limit: number;
  readonly visibilityMs: number | undefined;
  readonly waitMs: number | undefined;
  readonly attemptId: string | undefined;
  readonly selection: Selection;
}

interface Attempt extends Attempted {
  /** The moment whose messages were looked for. */
  readonly at: number;
  /** Whether messages were worked off without finding one to answer: more of them may be left. */
  readonly hasWorkedOff: boolean;
}

/** How soon a waiting poll tries again where a receive worked off many messages without finding one to answer. */
const LEFT_OVER_MS = 100;

/** ReceiveMessage, at once or waiting for messages. */
export class Receiver {
  readonly #store: Store;
  readonly #queues: QueueTable;
  readonly #taking: Taking;
  readonly #attempts: Attempts;
  readonly #polls: Polls;
  readonly #now: () => number;

  constructor(store: Store, queues: QueueTable, taking: Taking, attempts: Attempts, polls: Polls, now: () => number) {
    this.#store = store;
    this.#queues = queues;
    this.#taking = taking;
    this.#attempts = attempts;
    this.#polls = polls;
    this.#now = now;
  }

  receive(call: Call): Promise<JsonObject> {
    const request = parseRequest(call);
    const queue = this.#queues.byUrl(request.url, request.region);
    checkAttemptId(request, queue);
    const waitMs = request.waitMs ?? queue.waitMs;
    if (call.signal.aborted) return Promise.resolve({});
    const attempt = this.#attempt(request, waitMs > 0, false);
    if (attempt.answer !== undefined) return attempt.answer;
    return waitMs === 0 ? Promise.resolve({}) : this.#polls.wait(this.#pollOf(request, queue.arn, waitMs, call.signal, attempt));
  }

  #pollOf(request: Request, arn: string, waitMs: number, signal: AbortSignal, first: Attempt): Poll {
    let last = first;
    return {
      arn,
      waitMs,
      signal,
      attempt: (mayBeAny) => {
        last = this.#attempt(request, true, mayBeAny);
        return last;
      },
      nextInMs: () => {
        const queue = this.#queues.byArn(arn);
        if (queue === undefined) return undefined;
        const now = this.#now();
        if (last.hasWorkedOff && this.#taking.isAny(queue, now)) return LEFT_OVER_MS;
        const at = this.#taking.nextAt(queue, last.at);
        return at === undefined ? undefined : Math.max(0, at - now);
      },
    };
  }

  /** An empty queue costs no transaction: it is looked into first. */
  #attempt(request: Request, isLongPoll: boolean, mayBeAny: boolean): Attempt {
    const at = this.#now();
    const nothing = { at, answer: undefined, mayBeMore: false, hasWorkedOff: false };
    const found = this.#queues.byUrl(request.url, request.region);
    if (!mayBeAny && request.attemptId === undefined && !this.#taking.isAny(found, at)) return nothing;
    let taken: Take | undefined;
    const answer = this.#store.write((): JsonObject => {
      const queue = this.#queues.byUrl(request.url, request.region);
      taken = this.#take(queue, request, isLongPoll, at);
      if (taken.messages.length === 0) return {};
      return { Messages: taken.messages.map((each) => formatMessage(this.#store, queue, each, request.selection)) };
    }, "committed");
    if (taken?.messages.length !== 0) return { at, answer, mayBeMore: taken?.mayBeMore ?? false, hasWorkedOff: false };
    // All there was had expired or went to the dead-letter queue. Should that not be committed, the next receive does it again.
    answer.catch(() => undefined);
    return { ...nothing, hasWorkedOff: true };
  }

  #take(queue: Queue, request: Request, isLongPoll: boolean, now: number): Take {
    const wish = { limit: request.limit, visibilityMs: request.visibilityMs ?? queue.visibilityMs, isLongPoll };
    const again = this.#attempts.repeat(queue, request.attemptId, wish.visibilityMs, now);
    const take = again === undefined ? this.#taking.take(queue, wish, now) : { messages: again, mayBeMore: true };
    this.#attempts.remember(queue, request.attemptId, take.messages, now + wish.visibilityMs, now);
    if (take.messages.length > 0) this.#polls.hiddenFor(queue.arn, wish.visibilityMs);
    if (take.mayBeMore) this.#polls.wakeWithCommit(queue.arn);
    return take;
  }
}

function parseRequest(call: Call): Request {
  const { input, region } = call;
  const names = [...textList(input, "AttributeNames"), ...textList(input, "MessageSystemAttributeNames")];
  const visibility = boundedInteger(input, "VisibilityTimeout", 0, 43_200, "Must be >= 0 and <= 43200, if provided.");
  const wait = boundedInteger(input, "WaitTimeSeconds", 0, 20, "Must be >= 0 and <= 20, if provided.");
  return {
    url: requiredText(input, "QueueUrl"),
    region,
    limit: boundedInteger(input, "MaxNumberOfMessages", 1, 10, "Must be between 1 and 10, if provided.") ?? 1,
    visibilityMs: visibility === undefined ? undefined : visibility * 1000,
    waitMs: wait === undefined ? undefined : wait * 1000,
    attemptId: optionalText(input, "ReceiveRequestAttemptId"),
    selection: parseSelection(names, textList(input, "MessageAttributeNames")),
  };
}

function checkAttemptId({ attemptId }: Request, queue: Queue): void {
  if (attemptId === undefined) return;
  const reason = queue.isFifo
    ? "ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length."
    : "The request include parameter that is not valid for this queue type.";
  if (!queue.isFifo || !isToken(attemptId)) throw invalidValue(attemptId, "ReceiveRequestAttemptId", reason);
}
