/** What was given up: how much lies in the dead-letter queues, what somebody has to see to, and a way to try it again. */
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { z } from "zod";
import { crashPoint } from "../config/crash-points.ts";
import type { Failure } from "../domain/failure.ts";
import { type FailureStore, listFailuresOf } from "../domain/failures.ts";
import { type RedriveOutcome, redriveFailure } from "../domain/redrive.ts";
import { countMessages } from "../workflows/queue-counts.ts";
import { queueName } from "../workflows/queue-name.ts";
import type { Cursors } from "./cursors.ts";
import { type Operation, operation } from "./operation.ts";
import { Problem } from "./problem.ts";
import type { ApiKind } from "./records.ts";
import { EXAMPLE_ID, limit, line, moment, pageToken } from "./schemas.ts";

export interface FailuresOptions {
  readonly store: FailureStore;
  readonly kinds: readonly Pick<ApiKind, "ledger" | "queues">[];
  readonly sqs: SQSClient;
  readonly cursors: Cursors;
}

const PAGE = { most: 100, usual: 20 };
const ID_LENGTH_MAX = 400;
/** The client's own limit is made for long polls, and nobody who calls waits for one. */
const QUEUE_MS_MAX = 3_000;

const failure = z
  .strictObject({
    id: z.string(),
    kind: z.string().optional(),
    reason: z.string().optional(),
    failedAt: moment.optional(),
    eventId: z.string().optional(),
    recordId: z.string().optional(),
    queue: z.string().optional(),
    messageId: z.string().optional(),
    attempts: z.array(z.strictObject({ at: moment, receives: z.int(), reason: z.string() })),
  })
  .meta({ id: "Failure" });

const EXAMPLE = {
  id: `EVENT#requests#${EXAMPLE_ID}-2`,
  kind: "requests",
  reason: `${EXAMPLE_ID}-2-r3 FAILED: StepFailed: The queue's message was no task.`,
  failedAt: "2026-11-21T09:12:45.120Z",
  eventId: `${EXAMPLE_ID}-2`,
  recordId: EXAMPLE_ID,
  attempts: [],
};

export function failureOperations(options: FailuresOptions): Operation[] {
  return [stats(options), list(options), redrive(options)];
}

function stats({ kinds, sqs }: FailuresOptions): Operation {
  const queue = z.strictObject({ queue: z.string(), messages: z.int(), inFlight: z.int(), sources: z.array(z.string()) });
  return operation({
    name: "getDeadLetterStats",
    method: "GET",
    at: "/dlq/stats",
    summary: "Counts the messages in each dead-letter queue. Workers take them out and keep them as failures.",
    access: "user",
    answers: {
      200: {
        description: "The queues.",
        schema: z.strictObject({ queues: z.array(queue) }),
        example: { queues: [{ queue: "requests-dlq", messages: 0, inFlight: 0, sources: ["requests-queue"] }] },
      },
    },
    handle: async () => {
      const queues = await Promise.all(
        [...sourcesOf(kinds)].map(async ([deadLettersUrl, sources]) => {
          const { waiting, inFlight } = await countMessages(sqs, deadLettersUrl, QUEUE_MS_MAX);
          return { queue: queueName(deadLettersUrl), messages: waiting, inFlight, sources };
        }),
      );
      return { status: 200, body: { queues } };
    },
  });
}

/** Each dead-letter queue, with the names of those that it takes from. */
function sourcesOf(kinds: FailuresOptions["kinds"]): Map<string, string[]> {
  const queues = kinds.flatMap((kind) => kind.queues);
  const deadLetters = new Map<string, string[]>();
  for (const { url, deadLettersUrl } of queues)
    deadLetters.set(deadLettersUrl, [...(deadLetters.get(deadLettersUrl) ?? []), queueName(url)]);
  return deadLetters;
}

function list({ store, kinds, cursors }: FailuresOptions): Operation {
  const names = kinds.map(({ ledger }) => ledger.kind.name) as [string, ...string[]];
  const kind = z.enum(names, { error: `must be one of ${names.join(", ")}` });
  return operation({
    name: "listFailures",
    method: "GET",
    at: "/dlq/failures",
    summary: "Lists what was given up and waits for somebody, newest first.",
    access: "admin",
    query: z.strictObject({
      kind: kind.optional(),
      limit: limit(PAGE.most, PAGE.usual),
      token: pageToken.optional(),
    }),
    answers: {
      200: {
        description: "A page.",
        schema: z.strictObject({ failures: z.array(failure), next_page_token: z.string().optional() }),
        example: { failures: [EXAMPLE] },
      },
    },
    handle: async ({ query }) => {
      const place = query.kind === undefined ? "failures" : `failures ${query.kind}`;
      const wanted = query.kind === undefined ? names : [query.kind];
      const page = await listFailuresOf(store, wanted, query.limit, cursors.read(place, query.token));
      const next = page.position === undefined ? {} : { next_page_token: cursors.write(place, page.position) };
      return { status: 200, body: { failures: page.failures.map(view), ...next } };
    },
  });
}

function redrive({ store, kinds, sqs }: FailuresOptions): Operation {
  const ports = {
    ledgerOf: (kind: string) => kinds.find(({ ledger }) => ledger.kind.name === kind)?.ledger,
    send: async (queue: string, body: string) => {
      const url = kinds.flatMap(({ queues }) => queues).find((one) => queueName(one.url) === queue)?.url;
      if (url === undefined) throw new Problem(409, `Nobody here serves the queue ${queue}, where the message belongs.`);
      const message = new SendMessageCommand({ QueueUrl: url, MessageBody: body });
      await sqs.send(message, { abortSignal: AbortSignal.timeout(QUEUE_MS_MAX) });
      crashPoint("redrive:after-send");
    },
  };
  return operation({
    name: "redriveFailure",
    method: "POST",
    at: "/dlq/redrive",
    summary: "Puts on its way again what was given up.",
    access: "admin",
    body: z.strictObject({ id: line(1, ID_LENGTH_MAX) }).meta({ examples: [{ id: EXAMPLE.id }] }),
    answers: {
      200: {
        description: "It is on its way (redriven), or was settled already (resolved).",
        schema: z.strictObject({ id: z.string(), outcome: z.enum(["redriven", "resolved"]) }),
        example: { id: EXAMPLE.id, outcome: "redriven" },
      },
    },
    problems: [404, 409],
    handle: async ({ body: { id } }) => ({ status: 200, body: { id, outcome: outcomeOf(await redriveFailure(store, id, ports)) } }),
  });
}

function outcomeOf(result: RedriveOutcome): "redriven" | "resolved" {
  switch (result.outcome) {
    case "missing":
      throw new Problem(404, "There is no such failure.");
    case "notOpen":
      throw new Problem(409, `The failure is ${result.state}: there is nothing to redrive.`);
    case "tooSoon":
      throw new Problem(409, "The event is being given up at this moment: try again.", { isPassing: true });
    case "tooLong":
      throw new Problem(409, "Of the message's body only the beginning was kept, so it cannot be sent again.");
    default:
      return result.outcome;
  }
}

function view({ id, kind, reason, failedAt, eventId, recordId, queue, messageId, attempts }: Failure) {
  return { id, kind, reason, failedAt, eventId, recordId, queue, messageId, attempts };
}
