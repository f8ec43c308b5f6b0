/** Tasks: made by a caller, done by a worker, and looked at meanwhile. */
import { optionalTextAt, present, text, textAt } from "../domain/attributes.ts";
import { readRecord } from "../domain/ledger.ts";
import type { RecordSummary } from "../domain/listing.ts";
import type { StoredRecord } from "../domain/record.ts";
import { reasonOf, type TaskStatus, tasks } from "../domain/tasks.ts";
import { type Access, type Operation, operation } from "./operation.ts";
import { type ApiKind, historyPage, type KindParts, make, notThere, type Records, recordPage, recordsOf, writersOf } from "./records.ts";
import { answers, creationBody, historyQuery, listQuery, withId } from "./tasks-form.ts";

type Tasks = Records<TaskStatus>;

/** What a list shows of each beside its status. */
const SHOWN = ["title", "description", "result", "reason"];

export function tasksKind(parts: KindParts): ApiKind {
  const { outputs, settings } = parts;
  const makers = writersOf(settings);
  const stateMachineArn = outputs.tasks_state_machine_arn;
  const records = recordsOf(tasks, { table: outputs.tasks_table, stateMachineArn }, parts);
  return {
    ledger: records.ledger,
    stateMachineArn,
    queues: [{ url: outputs.tasks_queue_url, deadLettersUrl: outputs.tasks_dlq_url }],
    operations: [
      createOperation(records, settings.api.publicBaseUrl, makers),
      // One task is shown to whoever has its id; all of them, with their results, are not everybody's.
      listOperation(records, makers),
      getOperation(records),
      historyOperation(records),
    ],
  };
}

function createOperation(records: Tasks, publicBaseUrl: string, access: Access): Operation {
  return operation({
    name: "createTask",
    method: "POST",
    at: "/tasks",
    summary: "Makes a task and has it done.",
    access,
    body: creationBody,
    answers: answers.create,
    handle: async (call) => {
      const { title } = call.body;
      // An empty description is none.
      const description = call.body.description || undefined;
      const attributes = present({ title: text(title), description: description === undefined ? undefined : text(description) });
      const { changedAt } = await make(records, call, { attributes });
      const id = call.mark.recordId;
      const made = { status: tasks.initial, attributes, createdAt: changedAt, updatedAt: changedAt };
      return { status: 201, body: view(id, made), headers: { location: `${publicBaseUrl}/tasks/${id}` } };
    },
  });
}

function getOperation(records: Tasks): Operation {
  return operation({
    name: "getTask",
    method: "GET",
    at: "/tasks/{id}",
    summary: "Shows a task, and once it is done its result.",
    access: "anyone",
    path: withId,
    answers: answers.get,
    problems: [404],
    handle: async ({ path: { id } }) => ({ status: 200, body: view(id, await readTask(records, id)) }),
  });
}

function historyOperation(records: Tasks): Operation {
  return operation({
    name: "getTaskHistory",
    method: "GET",
    at: "/tasks/{id}/history",
    summary: "Pages through a task's whole history, oldest first.",
    access: "anyone",
    path: withId,
    query: historyQuery,
    answers: answers.history,
    problems: [404],
    handle: async ({ path: { id }, query }) => {
      const record = await readTask(records, id);
      return { status: 200, body: await historyPage(records, id, record, query) };
    },
  });
}

function listOperation(records: Tasks, access: Access): Operation {
  return operation({
    name: "listTasks",
    method: "GET",
    at: "/tasks",
    summary: "Lists tasks, newest first.",
    access,
    query: listQuery,
    answers: answers.list,
    handle: async ({ query }) => {
      const page = await recordPage(records, { status: query.status, attributes: SHOWN }, query);
      return { status: 200, body: { tasks: page.records.map((record) => view(record.id, record)), ...page.next } };
    },
  });
}

async function readTask({ ledger }: Tasks, id: string): Promise<StoredRecord> {
  const record = await readRecord(ledger, id);
  if (record === undefined) throw notThere(tasks.noun);
  return record;
}

type Shown = Pick<RecordSummary, "status" | "attributes" | "createdAt" | "updatedAt">;

/** What is shown of a task, in a list and alone. */
function view(id: string, { status, attributes, createdAt, updatedAt }: Shown) {
  const reason = reasonOf(status, attributes);
  return {
    id,
    title: textAt(attributes, "title"),
    description: optionalTextAt(attributes, "description") ?? null,
    status,
    result: optionalTextAt(attributes, "result") ?? null,
    ...(reason !== undefined && { reason }),
    created_at: createdAt,
    updated_at: updatedAt,
  };
}
