/** The console's pages of a kind's records: the list, and the way from an id to its record. */
import { z } from "zod";
import type { Kind } from "../../domain/kind.ts";
import { type Operation, operation } from "../operation.ts";
import { Problem } from "../problem.ts";
import { recordPage } from "../records.ts";
import { EXAMPLE_ID, pageToken, parameter, recordId } from "../schemas.ts";
import { consolePage } from "./frame.ts";
import { shownAs } from "./kinds.ts";
import { listPage } from "./list.ts";
import { SENT_ON, sentTo, shows } from "./operations.ts";
import { type ConsoleParts, kindIn, kindOf, namesOf } from "./parts.ts";

const AT = "/console/records/{kind}";
const LISTED = 20;
/** As people copy it, with spaces around. */
const typedId = parameter
  .trim()
  .pipe(recordId)
  .meta({ pattern: "^ *[A-Za-z0-9_-]{1,48} *$", examples: [EXAMPLE_ID] });

export function recordsOperations(parts: ConsoleParts): Operation[] {
  return [list(parts), find(parts)];
}

function list(parts: ConsoleParts): Operation {
  return shows(parts.sessions, {
    name: "showRecords",
    at: AT,
    summary: "Lists a kind's records, newest first.",
    path: z.strictObject({ kind: kindIn(parts) }),
    query: z.strictObject({ status: statusesIn(parts).optional(), token: pageToken.optional() }),
    problems: [404],
    show: async ({ path, query }, session) => {
      const { ledger } = kindOf(parts, path.kind);
      const status = statusOf(ledger.kind, query.status);
      const wanted = { status, attributes: shownAs(ledger.kind).listed };
      const { records, next } = await recordPage({ ledger, cursors: parts.cursors }, wanted, { limit: LISTED, token: query.token });
      const main = listPage({ kind: ledger.kind, status, records, next: next.next_page_token, isLater: query.token !== undefined });
      return consolePage({ at: AT, title: path.kind, kinds: namesOf(parts), session, here: path.kind, main });
    },
  });
}

/** The statuses of all kinds: of one kind alone no schema can tell. A form sends an empty text where nothing was chosen. */
function statusesIn({ kinds }: ConsoleParts) {
  const all = new Set(kinds.flatMap(({ ledger }) => Object.keys(ledger.kind.transitions)));
  return z.enum(["", ...all], { error: "must be a status" });
}

function statusOf(kind: Kind, status: string | undefined): string | undefined {
  if (status === undefined || status === "") return undefined;
  if (Object.hasOwn(kind.transitions, status)) return status;
  throw new Problem(404, `No ${kind.noun} is ever ${status}.`);
}

/** The address of a record follows from its id: whether there is one, its page says. */
function find(parts: ConsoleParts): Operation {
  return operation({
    name: "findRecord",
    method: "GET",
    at: "/console/find",
    summary: "Leads to the page of the record with an id.",
    access: "public",
    query: z.strictObject({ kind: kindIn(parts), id: typedId }),
    answers: { 303: SENT_ON },
    handle: async ({ query: { kind, id } }) => sentTo(`records/${kind}/${id}`),
  });
}
