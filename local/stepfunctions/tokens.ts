import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Store } from "../store.ts";

/**
 * Task tokens say themselves which thread of which execution they belong to, and carry a signature, so that a parked
 * execution needs no row for its token and a foreign text is told from a token whose task has ended.
 */
export class Tokens {
  readonly #store: Store;
  #key: Buffer | undefined;

  constructor(store: Store) {
    this.#store = store;
    store.onRollback(() => {
      this.#key = undefined;
    });
  }

  /** Call inside a write: the first token makes the key. */
  make(execution: number, thread: number, event: number): string {
    const body = Buffer.alloc(BODY_BYTES);
    body.writeUIntBE(execution, 0, 6);
    body.writeUInt32BE(thread, 6);
    body.writeUInt32BE(event, 10);
    randomBytes(RANDOM_BYTES).copy(body, 14);
    return Buffer.concat([body, this.#sign(body)]).toString("base64");
  }

  /** Whose token it is, or undefined for a text that was never one of ours. */
  read(token: string): { execution: number; thread: number } | undefined {
    const bytes = Buffer.from(token, "base64");
    // Decoding passes over what is no base64; only the very text that was handed out is a token.
    if (bytes.length !== BODY_BYTES + SIGNATURE_BYTES || bytes.toString("base64") !== token) return undefined;
    const body = bytes.subarray(0, BODY_BYTES);
    if (!timingSafeEqual(bytes.subarray(BODY_BYTES), this.#sign(body))) return undefined;
    return { execution: body.readUIntBE(0, 6), thread: body.readUInt32BE(6) };
  }

  #sign(body: Buffer): Buffer {
    // Key and body are of fixed lengths, so a plain hash over both is as good as an HMAC and costs a third.
    return hash("sha256", Buffer.concat([this.#secret(), body]), "buffer").subarray(0, SIGNATURE_BYTES);
  }

  #secret(): Buffer {
    if (this.#key !== undefined) return this.#key;
    const row = this.#store.sql("SELECT key FROM sfn_token_key WHERE id = 1").get();
    if (row !== undefined) {
      this.#key = Buffer.from(row.key as Uint8Array);
      return this.#key;
    }
    const key = randomBytes(32);
    this.#store.sql("INSERT INTO sfn_token_key (id, key) VALUES (1, ?)").run(key);
    this.#key = key;
    return key;
  }
}

const RANDOM_BYTES = 16;
const BODY_BYTES = 14 + RANDOM_BYTES;
const SIGNATURE_BYTES = 16;
