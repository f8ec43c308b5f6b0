/**
 * Who calls: the administrator, a user, or anyone. A bearer token that is neither the administrator's nor a user's is
 * refused, also where none is needed: it is a mistake.
 */
import type { IncomingHttpHeaders } from "node:http";
import { isAnyOf } from "../domain/sealing.ts";
import type { Access } from "./operation.ts";
import { Problem } from "./problem.ts";

export interface User {
  readonly id: string;
  /** Where they are told what becomes of what is theirs. */
  readonly email: string | undefined;
}

export type Caller = { readonly is: "anyone" } | { readonly is: "admin" } | { readonly is: "user"; readonly user: User };

export interface Identities {
  /** While one takes the other's place they are two. */
  readonly adminTokens: readonly string[];
  /** The user of a token; undefined where it is not good. */
  readonly verifyUser: (token: string) => Promise<User | undefined>;
}

const BEARER = /^bearer +([\x21-\x7e]{1,4096}) *$/i;

export async function callerOf({ authorization }: IncomingHttpHeaders, { adminTokens, verifyUser }: Identities): Promise<Caller> {
  if (authorization === undefined) return { is: "anyone" };
  const token = BEARER.exec(authorization)?.[1];
  if (token !== undefined && isAnyOf(token, adminTokens)) return { is: "admin" };
  const user = token === undefined ? undefined : await verifyUser(token);
  if (user !== undefined) return { is: "user", user };
  throw new Problem(401, "The bearer token in the Authorization header is no user's, and not the administrator's.", {
    headers: { "www-authenticate": 'Bearer realm="milepost", error="invalid_token"' },
  });
}

/** Whether an operation is this caller's to call; a Problem says what it takes. */
export function assertMay(access: Access, caller: Caller): void {
  const { is } = caller;
  if (access === "public" || access === "session" || access === "anyone" || is === "admin" || is === access) return;
  if (is === "user") throw new Problem(403, "This is the administrator's to do.");
  const needed =
    access === "admin" ? "This is the administrator's to do: send the header Authorization: Bearer <ADMIN_TOKEN>." : USER_NEEDED;
  throw new Problem(401, needed, { headers: { "www-authenticate": 'Bearer realm="milepost"' } });
}

const USER_NEEDED = "This takes a user: send the header Authorization: Bearer <token>, with the token of your login.";

/** Whose something is, among all callers there are. */
export function nameOf(caller: Caller): string {
  return caller.is === "user" ? `user ${JSON.stringify(caller.user.id)}` : caller.is;
}
