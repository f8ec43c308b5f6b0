/**
 * Texts that give their bearer a right.
 *
 * - Of a tracking token only its hash is stored, so the table does not give the right away.
 * - A signed text says for what purpose and until when it holds; nothing in it can be changed, and none serves another
 *   purpose. Pages' cursors and signed addresses are such texts. It hides nothing.
 */
import { hash } from "node:crypto";
import { fingerprint, isAnyOf, isSame, type Keys } from "./sealing.ts";

/** What is stored of a token. It has too many bits to be guessed, so a plain hash is enough. */
export function hashToken(token: string): string {
  return hash("sha256", token, "hex");
}

export function isToken(token: string, storedHash: string): boolean {
  return isSame(hashToken(token), storedHash);
}

/**
 * @param keys made by `keysFor(secrets, "signing")`
 * @param purpose what the text is good for, with whatever it is bound to: `"cursor GET /requests?status=PENDING"`
 * @param expiresAt milliseconds since the epoch
 */
export function sign([key]: Keys, purpose: string, payload: string, expiresAt: number): string {
  const body = `${expiresAt.toString(36)}.${Buffer.from(payload).toString("base64url")}`;
  return `${body}.${signature(key, purpose, body)}`;
}

/** The payload of a signed text that was made for this purpose and has not expired. */
export function verify(keys: Keys, purpose: string, signed: string, now: number): string | undefined {
  const [, body, expiresAt, payload, given] = /^(([0-9a-z]{1,11})\.([A-Za-z0-9_-]*))\.([A-Za-z0-9_-]{43})$/.exec(signed) ?? [];
  if (body === undefined || expiresAt === undefined || payload === undefined || given === undefined) return undefined;
  const right = keys.map((key) => signature(key, purpose, body));
  if (!isAnyOf(given, right) || now >= Number.parseInt(expiresAt, 36)) return undefined;
  return Buffer.from(payload, "base64url").toString("utf8");
}

/** A purpose may hold any character, so its length goes before it: no two pairs of purpose and body read the same. */
function signature(key: Uint8Array, purpose: string, body: string): string {
  return fingerprint(key, `${purpose.length}:${purpose}${body}`);
}
