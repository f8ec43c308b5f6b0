/** What calls about tasks look like, and their answers: checked on the way in, described for the way out. */
import { z } from "zod";
import { type TaskStatus, tasks } from "../domain/tasks.ts";
import { historyEntry, limit, line, moment, PAGE_TOKEN, pageToken, recordId, text } from "./schemas.ts";

const TITLE_LENGTH_MAX = 200;
const DESCRIPTION_LENGTH_MAX = 2_000;
const PAGE = { most: 100, usual: 20 };
/** The record that the examples speak of. */
const ID = "8a1c5b7e-2f43-4d0a-9b6e-71c3e5d9f204";

const statuses = Object.keys(tasks.transitions) as [TaskStatus, ...TaskStatus[]];
const status = z.enum(statuses, { error: `must be one of ${statuses.join(", ")}` });
const paging = { limit: limit(PAGE.most, PAGE.usual), token: pageToken.optional() };

export const withId = z.strictObject({ id: recordId.meta({ examples: [ID] }) });
export const historyQuery = z.strictObject(paging);
export const listQuery = z.strictObject({ status: status.optional(), ...paging });
export const creationBody = z
  .strictObject({ title: line(1, TITLE_LENGTH_MAX), description: text(DESCRIPTION_LENGTH_MAX).nullish() })
  .meta({ examples: [{ title: "Complete Flow Test", description: "Testing end-to-end process" }] });

const task = z
  .strictObject({
    id: recordId,
    title: z.string(),
    description: z.string().nullable(),
    status,
    result: z.string().nullable(),
    /** Why it has failed; of no other. */
    reason: z.string().optional(),
    created_at: moment,
    updated_at: moment,
  })
  .meta({ id: "Task" });
const nextPage = { next_page_token: z.string().optional() };

const CREATED_AT = "2026-11-21T08:30:00.000Z";
const COMPLETED_AT = "2026-11-21T08:30:00.042Z";
const PENDING = {
  id: ID,
  title: "Complete Flow Test",
  description: "Testing end-to-end process",
  status: "pending",
  result: null,
  created_at: CREATED_AT,
  updated_at: CREATED_AT,
};
const COMPLETED = {
  ...PENDING,
  status: "completed",
  result: "Processed task 'Complete Flow Test' at 2026-11-21T08:30:00.038Z with description: Testing end-to-end process",
  updated_at: COMPLETED_AT,
};
const ENTRY = {
  eventId: `${ID}-3`,
  version: 3,
  from: "processing",
  to: "completed",
  changedAt: COMPLETED_AT,
  changeId: `${ID}-1 complete`,
  type: "task.completed",
  notifiedAt: COMPLETED_AT,
};

export const answers = {
  create: {
    201: {
      description: "The task is made, and waits to be done.",
      schema: task,
      example: PENDING,
      headers: { location: "Where the task is" },
    },
  },
  get: { 200: { description: "The task.", schema: task, example: COMPLETED } },
  history: {
    200: {
      description: "A page.",
      schema: z.strictObject({ history: z.array(historyEntry), ...nextPage }),
      example: { history: [ENTRY], next_page_token: PAGE_TOKEN },
    },
  },
  list: {
    200: {
      description: "A page.",
      schema: z.strictObject({ tasks: z.array(task), ...nextPage }),
      example: { tasks: [COMPLETED], next_page_token: PAGE_TOKEN },
    },
  },
};
