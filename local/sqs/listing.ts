import type { JsonObject } from "../json.ts";
import type { Call, Operation } from "../service.ts";
import type { Store } from "../store.ts";
import { invalidParameter, missingParameter } from "./errors.ts";
import { boundedInteger, optionalObject, optionalText, requiredText, textList, textMap } from "./input.ts";
import { queueArn, queueUrl } from "./queue.ts";
import type { QueueTable } from "./queue-table.ts";

const RESULTS_MAX = 1000;

/** ListQueues, ListDeadLetterSourceQueues, and the tags of queues. */
export function listingOperations(store: Store, queues: QueueTable): [string, Operation][] {
  return [
    ["ListQueues", (call) => store.read(() => listQueues(call, queues))],
    ["ListDeadLetterSourceQueues", (call) => store.read(() => listSources(call, queues))],
    ["ListQueueTags", (call) => store.read(() => listTags(call, queues))],
    [
      "TagQueue",
      (call) => {
        if (optionalObject(call.input, "Tags") === undefined) throw missingParameter("Tags");
        return changeTags(call, (tags) => new Map([...tags, ...textMap(call.input, "Tags")]));
      },
    ],
    [
      "UntagQueue",
      (call) => {
        const keys = new Set(textList(call.input, "TagKeys"));
        return changeTags(call, (tags) => new Map([...tags].filter(([key]) => !keys.has(key))));
      },
    ],
  ];

  function changeTags(call: Call, change: (tags: ReadonlyMap<string, string>) => Map<string, string>): Promise<JsonObject> {
    const url = requiredText(call.input, "QueueUrl");
    return store.write(() => {
      const queue = queues.byUrl(url, call.region);
      queues.update(queue, { tags: change(queue.tags) });
      return {};
    });
  }
}

function listQueues(call: Call, queues: QueueTable): JsonObject {
  const prefix = queueArn(call.region, optionalText(call.input, "QueueNamePrefix") ?? "");
  const page = listPage(call, (after, limit) => queues.list(prefix, after, limit));
  return { ...(page.urls.length === 0 ? {} : { QueueUrls: page.urls }), ...page.next };
}

function listSources(call: Call, queues: QueueTable): JsonObject {
  const { arn } = queues.byUrl(requiredText(call.input, "QueueUrl"), call.region);
  const page = listPage(call, (after, limit) => queues.sourcesOf(arn, after, limit));
  return { queueUrls: page.urls, ...page.next };
}

interface Page {
  readonly urls: string[];
  readonly next: { NextToken?: string };
}

/** A token is only given, as on AWS, to a caller that asked for a number of results. */
function listPage(call: Call, list: (after: string, limit: number) => string[]): Page {
  const asked = boundedInteger(call.input, "MaxResults", 1, RESULTS_MAX, `Value must be between 1 and ${RESULTS_MAX}.`);
  const token = optionalText(call.input, "NextToken");
  const limit = asked ?? RESULTS_MAX;
  const found = list(token === undefined ? "" : parseToken(token), limit + 1);
  const arns = found.slice(0, limit);
  const last = arns.at(-1);
  const urls = arns.map((arn) => queueUrl(call.origin, arn));
  const hasNext = asked !== undefined && found.length > limit && last !== undefined;
  return { urls, next: hasNext ? { NextToken: Buffer.from(last).toString("base64") } : {} };
}

function parseToken(token: string): string {
  const arn = Buffer.from(token, "base64").toString();
  if (!arn.startsWith("arn:aws:sqs:")) throw invalidParameter("Invalid or expired next token.");
  return arn;
}

function listTags(call: Call, queues: QueueTable): JsonObject {
  const { tags } = queues.byUrl(requiredText(call.input, "QueueUrl"), call.region);
  return tags.size === 0 ? {} : { Tags: Object.fromEntries(tags) };
}
