/**
 * Secrets' uses, each with a key of its own derived from one secret, so that what one reveals tells nothing of another.
 *
 * - What is sealed (AES-256-GCM) is read only with the same secret and in the same place, and not at all once changed.
 * - A fingerprint (HMAC-SHA-256) tells whether two texts are the same without telling what they are.
 */
import { createCipheriv, createDecipheriv, createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SECRET_BYTES_MIN = 16;

/** The key for one use of a secret. */
export function keyFor(secret: Uint8Array, use: string): Buffer {
  if (secret.length < SECRET_BYTES_MIN) throw new RangeError(`A secret has at least ${SECRET_BYTES_MIN} bytes.`);
  return Buffer.from(hkdfSync("sha256", secret, "", `milepost ${use}`, 32));
}

/**
 * The keys of one use while its secret may be two: the first makes what is made, and what any of them has made holds.
 * All of them are always tried, so nobody can tell by the time which one it was.
 */
export type Keys = readonly [Uint8Array, ...Uint8Array[]];

/** The keys for one use of a secret that may be two. */
export function keysFor([current, ...others]: Keys, use: string): Keys {
  return [keyFor(current, use), ...others.map((secret) => keyFor(secret, use))];
}

/** Encrypts a text for one place; elsewhere it does not open. */
export function seal([key]: Keys, place: string, plain: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** The text; undefined where it was sealed with another key, for another place, or has been changed. */
export function open(keys: Keys, place: string, sealed: Uint8Array): string | undefined {
  return keys.map((key) => openWith(key, place, sealed)).find((text) => text !== undefined);
}

function openWith(key: Uint8Array, place: string, sealed: Uint8Array): string | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

export function fingerprint(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}

/** Whether two texts are the same, in a time that tells nothing of where they differ or how long they are. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(hash("sha256", one, "buffer"), hash("sha256", other, "buffer"));
}

/** Whether a text is the same as one of some, in a time that does not tell which. */
export function isAnyOf(one: string, others: readonly string[]): boolean {
  return others.map((other) => isSame(one, other)).includes(true);
}
