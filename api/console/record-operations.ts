/** The console's page of one record, and the form that moves it on. */
import { z } from "zod";
import { readHistory } from "../../domain/archive.ts";
import type { HistoryEntry } from "../../domain/event.ts";
import { eventIdOf } from "../../domain/ids.ts";
import type { Kind } from "../../domain/kind.ts";
import { readRecord } from "../../domain/ledger.ts";
import type { StoredRecord } from "../../domain/record.ts";
import type { Operation } from "../operation.ts";
import { HISTORY_SHOWN } from "../pages/follow.ts";
import type { Page } from "../pages/page.ts";
import { Problem } from "../problem.ts";
import { notThere } from "../records.ts";
import { EXAMPLE_ID, parameter, recordId } from "../schemas.ts";
import { executionPart } from "./execution.ts";
import { consolePage } from "./frame.ts";
import { changeOf, shownAs } from "./kinds.ts";
import { does, formToken, shows } from "./operations.ts";
import { callAsAdmin } from "./own-calls.ts";
import { type ConsoleParts, kindIn, kindOf, namesOf } from "./parts.ts";
import { hasExecution, recordPart } from "./record.ts";
import type { Session } from "./session.ts";

const AT = "/console/records/{kind}/{id}";
const CHANGE_AT = `${AT}/status`;
const STATUS_LENGTH_MAX = 40;
const NOTE_LENGTH_MAX = 2_000;

const whole = parameter
  .regex(/^[1-9][0-9]{0,8}$/, "must be a whole number")
  .transform(Number)
  .meta({ type: "integer", minimum: 1, maximum: 999_999_999, pattern: undefined });
const shownId = recordId.meta({ examples: [EXAMPLE_ID] });

export function recordOperations(parts: ConsoleParts): Operation[] {
  return [show(parts), change(parts)];
}

function show(parts: ConsoleParts): Operation {
  return shows(parts.sessions, {
    name: "showRecord",
    at: AT,
    summary: "Shows a record, where it may go, and the execution of one of its changes.",
    path: z.strictObject({ kind: kindIn(parts), id: shownId }),
    query: z.strictObject({
      before: whole.optional(),
      event: whole.optional(),
      attempt: whole.optional(),
      done: z.enum(["changed"], { error: "must be changed" }).optional(),
    }),
    problems: [404],
    show: ({ path, query }, session) => {
      const said = query.done === undefined ? undefined : ({ tone: "good", text: "The change is made and on its way." } as const);
      return pageOf(parts, { ...path, ...query, at: AT, base: "", session, said });
    },
  });
}

function change(parts: ConsoleParts): Operation {
  return does(parts.sessions, {
    name: "moveRecord",
    at: CHANGE_AT,
    summary: "Moves a record on, as the API's own operation does.",
    path: z.strictObject({ kind: kindIn(parts), id: shownId }),
    body: z
      .strictObject({
        ...formToken,
        to: parameter.max(STATUS_LENGTH_MAX),
        version: whole,
        note: parameter.max(NOTE_LENGTH_MAX).optional(),
      })
      .meta({ examples: [{ form_token: "from the page", to: "IN_PROGRESS", version: "1" }] }),
    problems: [404, 409, 412],
    act: async (call, session) => {
      const { kind, id } = call.path;
      const { to, version } = call.body;
      // Browsers end lines in forms as mail does.
      const note = call.body.note?.replaceAll("\r\n", "\n").trim() || undefined;
      const wanted = changeOf(kindOf(parts, kind).ledger.kind, { id, to, note });
      try {
        if (wanted === undefined) throw new Problem(409, `No call makes a record of ${kind} ${to}.`);
        await callAsAdmin(parts.operations, call, { ...wanted, ifVersion: version });
        return `../${id}?done=changed`;
      } catch (error) {
        if (!(error instanceof Problem) || error.status === 404) throw error;
        const said = { tone: "bad", text: sentenceOf(error) } as const;
        return { problem: error, page: await pageOf(parts, { kind, id, at: CHANGE_AT, base: "../", session, said, note }) };
      }
    },
  });
}

/** What a reader of the page can do something about. */
function sentenceOf({ status, message, options }: Problem): string {
  if (status === 412) return "It has changed since this page was loaded: look at it again, and then decide.";
  const fields = options.errors?.map((error) => `${error.field.slice(1)} ${error.message}`).join("; ");
  return fields ?? message;
}

interface Wanted {
  readonly kind: string;
  readonly id: string;
  readonly at: string;
  readonly base: string;
  readonly session: Session;
  readonly said: { readonly tone: "good" | "bad"; readonly text: string } | undefined;
  readonly note?: string | undefined;
  readonly before?: number | undefined;
  readonly event?: number | undefined;
  readonly attempt?: number | undefined;
}

async function pageOf(
  parts: ConsoleParts,
  { kind: name, id, at, base, session, said, note, before, event, attempt }: Wanted,
): Promise<Page> {
  const { ledger, stateMachineArn } = kindOf(parts, name);
  const { kind } = ledger;
  const record = await readRecord(ledger, id);
  if (record === undefined) throw notThere(kind.noun);
  const last = Math.min(record.historyVersion, (before ?? record.historyVersion + 1) - 1);
  const first = Math.max(0, last - HISTORY_SHOWN);
  const history = await readHistory(ledger, id, record, first, last - first);
  const version = event ?? lastWithExecution(kind, record, history);
  const wanted = { sfn: parts.sfn, stateMachineArn, eventId: eventIdOf(id, version), version, attempt, address: `${base}${id}` };
  const main = recordPart({ kind, id, record, history, session, base, said, note, execution: await executionPart(wanted) });
  const title = shownAs(kind).title(record.attributes);
  const ownAddress = base === "" ? undefined : `${base}${id}`;
  return consolePage({ at, title, ownAddress, kinds: namesOf(parts), session, here: name, main, styles: ["graph.css"] });
}

/** The change whose execution is of most interest: one that is on its way, else the latest that has one. */
function lastWithExecution(kind: Kind, { pending }: StoredRecord, history: readonly HistoryEntry[]): number {
  return Math.max(1, ...pending.keys(), ...history.filter((entry) => hasExecution(kind, entry)).map(({ version }) => version));
}
