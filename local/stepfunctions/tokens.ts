import { randomBytes, randomFillSync } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Store } from "../store.ts";

/** Whose token it is, and whether it is one that this data directory gave out: of any other text the rest means nothing. */
export interface TokenOwner {
  readonly execution: number;
  readonly thread: number;
  readonly isGenuine: boolean;
}

/**
 * Task tokens say themselves which thread of which execution they belong to, so that a parked execution needs no row for its
 * token. Their random part is what nobody else can know: a task is ended by the very text that its thread holds.
 * The checksum at the end, which begins with the data directory's own number, only tells a token whose task has ended from a
 * text that was never one; a signature in its place cost more than all the rest.
 */
export class Tokens {
  readonly #store: Store;
  readonly #stock = Buffer.alloc(RANDOM_BYTES * 256);
  #used = this.#stock.length;
  #mark: number | undefined;

  constructor(store: Store) {
    this.#store = store;
    store.onRollback(() => {
      this.#mark = undefined;
    });
  }

  /** Call inside a write: the first token makes the directory's number. */
  make(execution: number, thread: number, event: number): string {
    const token = Buffer.allocUnsafe(TOKEN_BYTES);
    token.writeUIntBE(execution, 0, 6);
    token.writeUInt32BE(thread, 6);
    token.writeUInt32BE(event, 10);
    this.#fillRandom(token);
    token.writeUInt32BE(this.#checksum(token), CHECKSUM_AT);
    return token.toString("base64");
  }

  /** Undefined for a text that no token looks like. */
  read(token: string): TokenOwner | undefined {
    const bytes = Buffer.from(token, "base64");
    // Decoding passes over what is no base64; only the very text that was handed out is a token.
    if (bytes.length !== TOKEN_BYTES || bytes.toString("base64") !== token) return undefined;
    const isGenuine = bytes.readUInt32BE(CHECKSUM_AT) === this.#checksum(bytes);
    return { execution: bytes.readUIntBE(0, 6), thread: bytes.readUInt32BE(6), isGenuine };
  }

  /** Random bytes are drawn for many tokens at once, which takes about as long as for one. */
  #fillRandom(token: Buffer): void {
    if (this.#used === this.#stock.length) {
      randomFillSync(this.#stock);
      this.#used = 0;
    }
    this.#stock.copy(token, RANDOM_AT, this.#used, this.#used + RANDOM_BYTES);
    this.#used += RANDOM_BYTES;
  }

  #checksum(token: Buffer): number {
    this.#mark ??= this.#readMark();
    return crc32(token.subarray(0, CHECKSUM_AT), this.#mark);
  }

  #readMark(): number {
    const row = this.#store.get<{ key: Uint8Array }>("SELECT key FROM sfn_token_key WHERE id = 1");
    if (row !== undefined) return crc32(row.key);
    const key = randomBytes(32);
    this.#store.sql("INSERT INTO sfn_token_key (id, key) VALUES (1, ?)").run(key);
    return crc32(key);
  }
}

const RANDOM_AT = 14;
const RANDOM_BYTES = 28;
const CHECKSUM_AT = RANDOM_AT + RANDOM_BYTES;
const TOKEN_BYTES = CHECKSUM_AT + 4;
