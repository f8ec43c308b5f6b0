/** The console's page of failures, and the form that tries one again. */
import { z } from "zod";
import type { CallMark, Envelope, Operation } from "../operation.ts";
import type { Page } from "../pages/page.ts";
import { Problem } from "../problem.ts";
import { pageToken, parameter } from "../schemas.ts";
import { failurePage, failuresPart } from "./failures.ts";
import { consolePage } from "./frame.ts";
import { countOpenFailures } from "./open-failures.ts";
import { does, formToken, shows } from "./operations.ts";
import { callAsAdmin } from "./own-calls.ts";
import { type ConsoleParts, kindIn, namesOf } from "./parts.ts";
import type { Session } from "./session.ts";

const AT = "/console/failures";
const REDRIVE_AT = `${AT}/redrive`;
const ID_LENGTH_MAX = 400;

const DONE = {
  redriven: "It is on its way again.",
  resolved: "What it asked for had been done already: it is settled.",
};

export function failuresOperations(parts: ConsoleParts): Operation[] {
  return [show(parts), redrive(parts)];
}

function show(parts: ConsoleParts): Operation {
  const kind = kindIn(parts);
  return shows(parts.sessions, {
    name: "showFailures",
    at: AT,
    summary: "Shows what was given up and waits for a person.",
    query: z.strictObject({
      kind: kind.optional(),
      token: pageToken.optional(),
      done: z.enum(["redriven", "resolved"], { error: "must be redriven or resolved" }).optional(),
    }),
    show: (call, session) => {
      const { done, token, kind: name = namesOf(parts)[0] ?? "" } = call.query;
      const said = done === undefined ? undefined : ({ tone: "good", text: DONE[done] } as const);
      return pageOf(parts, { call, at: AT, root: "", kind: name, token, session, said });
    },
  });
}

function redrive(parts: ConsoleParts): Operation {
  const kind = kindIn(parts);
  return does(parts.sessions, {
    name: "redriveFromConsole",
    at: REDRIVE_AT,
    summary: "Puts a failure on its way again, as the API's own operation does.",
    body: z
      .strictObject({ ...formToken, kind, id: parameter.max(ID_LENGTH_MAX) })
      .meta({ examples: [{ form_token: "from the page", kind: namesOf(parts)[0], id: "EVENT#requests#5f0c6a3e-2" }] }),
    problems: [404, 409],
    act: async (call, session) => {
      const { id, kind: name } = call.body;
      try {
        const { body } = await callAsAdmin(parts.operations, call, { operation: "redriveFailure", body: { id } });
        const { outcome } = z.object({ outcome: z.enum(["redriven", "resolved"]) }).parse(body);
        return `../failures?kind=${name}&done=${outcome}`;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const said = { tone: "bad", text: error.message } as const;
        return {
          problem: error,
          page: await pageOf(parts, { call, at: REDRIVE_AT, root: "../", kind: name, token: undefined, session, said }),
        };
      }
    },
  });
}

interface Wanted {
  readonly call: Envelope & { readonly mark: CallMark };
  readonly at: string;
  readonly root: string;
  readonly kind: string;
  readonly token: string | undefined;
  readonly session: Session;
  readonly said: { readonly tone: "good" | "bad"; readonly text: string } | undefined;
}

async function pageOf(parts: ConsoleParts, { call, at, root, kind, token, session, said }: Wanted): Promise<Page> {
  const query = { kind, ...(token !== undefined && { token }) };
  // Of every kind, so that nobody takes what they see of one for all that waits.
  const counts = namesOf(parts).map(async (name) => ({ name, open: await countOpenFailures(parts.failures, name) }));
  const [{ body }, ...kinds] = await Promise.all([callAsAdmin(parts.operations, call, { operation: "listFailures", query }), ...counts]);
  const main = failuresPart({ kinds, kind, page: failurePage.parse(body), session, root, said });
  return consolePage({ at, title: "Failures", kinds: namesOf(parts), session, here: "failures", main });
}
