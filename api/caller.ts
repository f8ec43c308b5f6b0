/** Who calls, as far as the API wants to know: the administrator, or anyone. */
import type { IncomingHttpHeaders } from "node:http";
import { isSame } from "../domain/sealing.ts";
import { Problem } from "./problem.ts";

const BEARER = /^bearer +([\x21-\x7e]{1,4096}) *$/i;

/** Whether the administrator's token was shown. A wrong one is refused, also where none is needed: it is a mistake. */
export function isAdmin({ authorization }: IncomingHttpHeaders, adminToken: string): boolean {
  if (authorization === undefined) return false;
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined || !isSame(token, adminToken)) {
    throw new Problem(401, "The bearer token in the Authorization header is not the administrator's.", {
      headers: { "www-authenticate": 'Bearer realm="milepost", error="invalid_token"' },
    });
  }
  return true;
}

export function refuseAnyone(): never {
  throw new Problem(401, "This is the administrator's to do: send the header Authorization: Bearer <ADMIN_TOKEN>.", {
    headers: { "www-authenticate": 'Bearer realm="milepost"' },
  });
}
