/**
 * Tokens for the asking, on one's own machine: whoever says who they are is believed. Elsewhere these addresses do not exist,
 * and tokens come from an identity provider.
 */
import { z } from "zod";
import { type Operation, operation } from "./operation.ts";
import { isEmail, isUserId, type Users } from "./users.ts";

/** What stands for itself in no address, as a pattern that every JSON Schema can say. */
const NOT_IN_ADDRESS = '\\s\\u0000-\\u001f\\u007f-\\u009f\\ufeff\\ufffd<>()\\[\\]\\\\,;:"@';

const named = {
  user_id: z
    .string({ error: "must be a text" })
    .refine(isUserId, { error: "must be 1 to 128 characters, none of them a control character", params: { rule: "user" } })
    .meta({ minLength: 1, maxLength: 128, pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\ufffd]*$" }),
  email: z
    .string({ error: "must be a text" })
    .refine(isEmail, { error: "must be an e-mail address", params: { rule: "email" } })
    .meta({ pattern: `^[^${NOT_IN_ADDRESS}]{1,64}@[^${NOT_IN_ADDRESS}]{1,255}$` })
    .optional(),
};

const BODY = { examples: [{ user_id: "test-user", email: "test-user@example.org" }] };

const answers = {
  200: {
    description: "A token, good for an hour.",
    schema: z.strictObject({ access_token: z.string(), token_type: z.literal("Bearer"), expires_in: z.int() }),
    example: { access_token: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MTIzIn0.c2lnbmF0dXJl", token_type: "Bearer", expires_in: 3600 },
  },
};

export function loginOperations(issue: NonNullable<Users["issue"]>): Operation[] {
  const common = { method: "POST", access: "public", answers } as const;
  return [
    operation({
      ...common,
      name: "login",
      at: "/login",
      summary: "Gives a user a token, whoever asks for it.",
      // The amount is what the front-end sends along, whatever it is; nothing is made of it.
      body: z.strictObject({ ...named, amount: z.unknown().optional() }).meta(BODY),
      handle: async ({ body: { user_id, email } }) => ({ status: 200, body: await issue({ id: user_id, email }) }),
    }),
    operation({
      ...common,
      name: "createToken",
      at: "/token",
      summary: "Gives a user a token, whoever asks for it; the same as logging in.",
      body: z.strictObject(named).meta(BODY),
      handle: async ({ body: { user_id, email } }) => ({ status: 200, body: await issue({ id: user_id, email }) }),
    }),
  ];
}
