import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Call, Operation } from "../service.ts";
import type { Store } from "../store.ts";
import { invalidValue, missingParameter } from "./errors.ts";
import { requiredText, textList } from "./input.ts";
import type { Queue } from "./queue.ts";
import type { QueueTable } from "./queue-table.ts";

/** The actions others than the owner may be allowed. */
const ACTIONS = new Set([
  "*",
  "ChangeMessageVisibility",
  "DeleteMessage",
  "GetQueueAttributes",
  "GetQueueUrl",
  "ListDeadLetterSourceQueues",
  "PurgeQueue",
  "ReceiveMessage",
  "SendMessage",
]);

/** AddPermission and RemovePermission: statements in the queue's policy, one a label. The endpoint keeps policies and enforces none. */
export function permissionOperations(store: Store, queues: QueueTable, now: () => number): [string, Operation][] {
  function change(call: Call, work: (queue: Queue) => string): Promise<JsonObject> {
    const url = requiredText(call.input, "QueueUrl");
    return store.write(() => {
      const queue = queues.byUrl(url, call.region);
      const attributes = new Map(queue.attributes);
      const policy = work(queue);
      if (policy === "") attributes.delete("Policy");
      else attributes.set("Policy", policy);
      queues.update(queue, { attributes, modifiedAt: now() });
      return {};
    });
  }
  return [
    ["AddPermission", (call) => change(call, (queue) => withPermission(queue, call.input))],
    ["RemovePermission", (call) => change(call, (queue) => withoutPermission(queue, requiredText(call.input, "Label")))],
  ];
}

function withPermission(queue: Queue, input: JsonObject): string {
  const label = requiredText(input, "Label");
  const accounts = textList(input, "AWSAccountIds");
  const actions = textList(input, "Actions");
  if (accounts.length === 0) throw missingParameter("AWSAccountIds");
  if (actions.length === 0) throw missingParameter("Actions");
  for (const action of actions) {
    if (!ACTIONS.has(action)) {
      throw invalidValue(`SQS:${action}`, "ActionName", "Please refer to the appropriate WSDL for a list of valid actions.");
    }
  }
  const policy = policyOf(queue);
  const statements = statementsOf(policy);
  if (statements.some((statement) => hasLabel(statement, label))) throw invalidValue(label, "Label", "Already exists.");
  const statement = {
    Sid: label,
    Effect: "Allow",
    Principal: { AWS: oneOrList(accounts.map((account) => `arn:aws:iam::${account}:root`)) },
    Action: oneOrList(actions.map((action) => `SQS:${action}`)),
    Resource: queue.arn,
  };
  return JSON.stringify({ ...policy, Statement: [...statements, statement] });
}

function withoutPermission(queue: Queue, label: string): string {
  const policy = policyOf(queue);
  const statements = statementsOf(policy);
  const left = statements.filter((statement) => !hasLabel(statement, label));
  if (left.length === statements.length) throw invalidValue(label, "Label", "can't find label.");
  return left.length === 0 ? "" : JSON.stringify({ ...policy, Statement: left });
}

function policyOf(queue: Queue): JsonObject {
  const kept: unknown = JSON.parse(queue.attributes.get("Policy") ?? "null");
  return isObject(kept) ? kept : { Version: "2008-10-17", Id: `${queue.arn}/SQSDefaultPolicy` };
}

function statementsOf(policy: JsonObject): Json[] {
  const { Statement: statements } = policy;
  if (statements === undefined) return [];
  return Array.isArray(statements) ? statements : [statements];
}

function hasLabel(statement: Json, label: string): boolean {
  return isObject(statement) && statement.Sid === label;
}

function oneOrList(texts: readonly string[]): Json {
  const [first] = texts;
  return texts.length === 1 && first !== undefined ? first : [...texts];
}
