/**
 * The operations console: every kind's records, how they stand and why, what was given up, and a way to act on it.
 *
 * It changes nothing by itself: what its forms ask for is done by the API's own operations, as the administrator would call
 * them. So a change made here is the same change, with the same rules, refusals and executions.
 */
import { z } from "zod";
import { type Operation, operation } from "../operation.ts";
import { parameter } from "../schemas.ts";
import { failuresOperations } from "./failures-operations.ts";
import { consolePage } from "./frame.ts";
import { formToken, refused, SENT_ON, sentTo, shows, TOKEN_LENGTH_MAX } from "./operations.ts";
import { overviewPart } from "./overview.ts";
import { type ConsoleParts, namesOf } from "./parts.ts";
import { recordOperations } from "./record-operations.ts";
import { recordsOperations } from "./records-operations.ts";
import { SIGN_IN_AT } from "./session.ts";

const PLACE = /^console(\/[A-Za-z0-9_-]{1,48}){0,3}$/;

export function consoleOperations(parts: ConsoleParts): Operation[] {
  return [
    overview(parts),
    signInAgain(),
    signIn(parts),
    signOut(parts),
    ...recordsOperations(parts),
    ...recordOperations(parts),
    ...failuresOperations(parts),
  ];
}

function overview(parts: ConsoleParts): Operation {
  const at = "/console";
  return shows(parts.sessions, {
    name: "showConsole",
    at,
    summary: "Shows how things stand.",
    show: async (_call, session) => {
      return consolePage({ at, title: "Console", kinds: namesOf(parts), session, here: "overview", main: await overviewPart(parts) });
    },
  });
}

/** Whoever looks at where a form was sent to, as by loading its page anew, is led to where they can send it. */
function signInAgain(): Operation {
  return operation({
    name: "showSignIn",
    method: "GET",
    at: SIGN_IN_AT,
    summary: "Leads to the console, which asks to sign in.",
    access: "public",
    answers: { 303: SENT_ON },
    handle: async () => sentTo("../console"),
  });
}

/** Whoever is not signed in is shown the form where they wanted to go, and is there afterwards. */
function signIn({ sessions }: ConsoleParts): Operation {
  const at = SIGN_IN_AT;
  return operation({
    name: "signIn",
    method: "POST",
    at,
    summary: "Begins a session of the console for whoever shows the administrator's token.",
    access: "public",
    bodyAs: "form",
    body: z
      .strictObject({
        token: parameter.max(TOKEN_LENGTH_MAX),
        to: parameter.max(200).default("console"),
        // For password managers, which keep a token under a name.
        username: parameter.max(200).optional(),
      })
      .meta({ examples: [{ token: "the administrator's", to: "console" }] }),
    answers: {
      303: {
        description: "Signed in: the page is elsewhere.",
        schema: z.literal(""),
        example: "",
        headers: { location: "Where the page is, from this address", "set-cookie": "The session" },
      },
    },
    problems: [401, 403],
    handle: async ({ body: { token, to } }) => {
      const place = PLACE.test(to) ? to : "console";
      if (!sessions.isAdmin(token)) return refused({ at, to: place, isWrong: true });
      return sentTo(`../${place}`, { "set-cookie": sessions.begin() });
    },
  });
}

function signOut({ sessions }: ConsoleParts): Operation {
  const at = "/console/sign-out";
  return operation({
    name: "signOut",
    method: "POST",
    at,
    summary: "Ends the console's session in this browser.",
    access: "session",
    bodyAs: "form",
    body: z.strictObject(formToken).meta({ examples: [{ form_token: "from the page" }] }),
    answers: {
      303: {
        description: "Signed out.",
        schema: z.literal(""),
        example: "",
        headers: { location: "Where to sign in again, from this address", "set-cookie": "The session's end" },
      },
    },
    problems: [401, 403],
    handle: async (call) => {
      const session = sessions.read(call);
      if (session === undefined) return refused({ at, to: "console" });
      sessions.assertOwn(session, call.body.form_token, call);
      return sentTo("../console", { "set-cookie": sessions.end() });
    },
  });
}
