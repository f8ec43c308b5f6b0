/** The console's operations: pages for whoever has a session, a form to sign in for whoever has none. */
import { z } from "zod";
import { type Answer, type AnswerDescription, type Call, type Operation, operation, PAGE_TYPE } from "../operation.ts";
import { type Page, pageAnswer } from "../pages/page.ts";
import type { Problem, ProblemStatus } from "../problem.ts";
import { parameter } from "../schemas.ts";
import type { Session, Sessions } from "./session.ts";
import { signInPage } from "./sign-in.ts";

export const TOKEN_LENGTH_MAX = 4_096;

export const SHOWN: AnswerDescription = { description: "The page.", schema: z.string(), example: "<!doctype html>…", texts: [PAGE_TYPE] };
export const SENT_ON: AnswerDescription = {
  description: "Done: the page that shows it is elsewhere.",
  schema: z.literal(""),
  example: "",
  headers: { location: "Where the page is, from this address" },
};
const HTTP_SIGN_IN = { "www-authenticate": 'Cookie realm="milepost", cookie-name="milepost_session"' };

interface Shows<Path extends z.ZodType, Query extends z.ZodType> {
  readonly name: string;
  readonly at: string;
  readonly summary: string;
  readonly path?: Path;
  readonly query?: Query;
  readonly problems?: readonly ProblemStatus[];
  show(call: Call<z.infer<Path>, z.infer<Query>, unknown>, session: Session): Promise<Page>;
}

/** A page that only whoever has a session sees. */
export function shows<Path extends z.ZodType, Query extends z.ZodType>(sessions: Sessions, options: Shows<Path, Query>): Operation {
  const { show, ...about } = options;
  return operation({
    ...about,
    method: "GET",
    access: "session",
    answers: { 200: SHOWN },
    problems: [401, ...(about.problems ?? [])],
    handle: async (call) => {
      const session = sessions.read(call);
      if (session === undefined) return refused({ at: about.at, to: addressOf(about.at, call.path) });
      return pageAnswer(200, await show(call, session));
    },
  });
}

/** What every form bears beside its own fields. */
export const formToken = { form_token: parameter.max(TOKEN_LENGTH_MAX) };
type Form = z.ZodType<{ readonly form_token: string }>;

interface Does<Path extends z.ZodType, Body extends Form> {
  readonly name: string;
  readonly at: string;
  readonly summary: string;
  readonly path?: Path;
  readonly body: Body;
  readonly problems?: readonly ProblemStatus[];
  /** Where to go then, from this address; where it was not done, the page that says why. */
  act(call: Call<z.infer<Path>, unknown, z.infer<Body>>, session: Session): Promise<string | { problem: Problem; page: Page }>;
}

/** What a page's form does. */
export function does<Path extends z.ZodType, Body extends Form>(sessions: Sessions, options: Does<Path, Body>): Operation {
  const { act, ...about } = options;
  return operation<Path, z.ZodType, Body>({
    ...about,
    method: "POST",
    access: "session",
    bodyAs: "form",
    answers: { 303: SENT_ON },
    problems: [401, 403, ...(about.problems ?? [])],
    handle: async (call) => {
      const session = sessions.read(call);
      if (session === undefined) return refused({ at: about.at, to: "console" });
      sessions.assertOwn(session, call.body.form_token, call);
      const outcome = await act(call, session);
      if (typeof outcome === "string") return sentTo(outcome);
      return pageAnswer(outcome.problem.status, outcome.page, outcome.problem.options.headers);
    },
  });
}

export function refused(signIn: { readonly at: string; readonly to: string; readonly isWrong?: boolean }): Answer {
  return pageAnswer(401, signInPage(signIn), HTTP_SIGN_IN);
}

export function sentTo(location: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 303, body: undefined, headers: { location, ...headers } };
}

/** The address of an operation with its parameters in it, from our root. */
function addressOf(at: string, path: unknown): string {
  const values = new Map<string, unknown>(typeof path === "object" && path !== null ? Object.entries(path) : []);
  return at.slice(1).replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name) ?? "")));
}
