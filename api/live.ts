/**
 * Streams that tell of a record's changes (server-sent events), for whoever keeps its page open.
 *
 * - However many look at a record, it is read once a second for all of them, and not at all when nobody looks.
 * - A stream tells what the record is at first, unless its reader has had that already, and then each time it is something
 *   else. Between two readings changes may be more than one: the last of them is told.
 * - There are only so many streams, of one address and of all, each ends after a while and when the process does; browsers come again by themselves.
 *   Whoever reads too slowly is cut off, so that nothing piles up.
 */
import { hash } from "node:crypto";
import { PassThrough, type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { unavailable } from "./problem.ts";

/** What a record is at a moment, as JSON, and a tag that is another whenever that is. */
interface Seen {
  readonly tag: string;
  readonly json: string;
}

export interface LiveOptions {
  readonly isDraining: () => boolean;
  readonly random?: () => number;
  readonly everyMs?: number;
  readonly streamsMax?: number;
  readonly streamsOfOneMax?: number;
  readonly streamMsMax?: number;
}

export interface Opening {
  /** Of what it is, among all records of all kinds. */
  readonly key: string;
  /** Whose stream it is. */
  readonly address: string;
  /** What the record is, as whoever asks for the stream was just allowed to see. */
  readonly view: unknown;
  /** The id of the last event that the reader has had. */
  readonly had: string | undefined;
  /** What it is later; undefined when it is gone. */
  read(): Promise<unknown>;
}

interface Watch {
  readonly streams: Set<Stream>;
}

interface Stream {
  readonly out: PassThrough;
  readonly endsAt: number;
  /** Of what its reader has been told last. */
  tag: string | undefined;
  saidAt: number;
}

const RETRY_SECONDS = 10;
/** So long a proxy keeps a connection on which nothing is said. */
const SILENCE_MS_MAX = 15_000;
/** Not longer, since a process that ends waits for it. */
const EVERY_MS_MAX = 5_000;
const AGAIN_MS = 1_000;

export class Live {
  readonly #watches = new Map<string, Watch>();
  readonly #options: Required<LiveOptions>;
  readonly #byAddress = new Map<string, number>();
  #streams = 0;

  constructor(options: LiveOptions) {
    this.#options = { random: Math.random, everyMs: 1_000, streamsMax: 256, streamsOfOneMax: 16, streamMsMax: 600_000, ...options };
  }

  get streams(): number {
    return this.#streams;
  }

  open({ key, address, view, had, read }: Opening): Readable {
    const { streamsMax, streamsOfOneMax, streamMsMax, isDraining, random } = this.#options;
    const ofOne = this.#byAddress.get(address) ?? 0;
    if (isDraining() || this.#streams >= streamsMax || ofOne >= streamsOfOneMax)
      throw unavailable("Too many follow records at this moment: ask now and then instead.", RETRY_SECONDS);
    const out = new PassThrough();
    const now = Date.now();
    const stream: Stream = { out, endsAt: now + streamMsMax * (0.75 + random() / 4), tag: had, saidAt: now };
    this.#count(address, 1);
    // Those that were cut off together do not come again together.
    out.write(retryIn(AGAIN_MS * (1 + 3 * random())));
    tell(stream, seenAs(view));
    const watch = this.#watchOf(key, read);
    watch.streams.add(stream);
    out.once("close", () => {
      watch.streams.delete(stream);
      this.#count(address, -1);
    });
    return out;
  }

  #count(address: string, more: 1 | -1): void {
    this.#streams += more;
    const ofOne = (this.#byAddress.get(address) ?? 0) + more;
    if (ofOne === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, ofOne);
  }

  #watchOf(key: string, read: () => Promise<unknown>): Watch {
    const known = this.#watches.get(key);
    if (known !== undefined) return known;
    const watch: Watch = { streams: new Set() };
    this.#watches.set(key, watch);
    void this.#follow(watch, read).finally(() => {
      this.#watches.delete(key);
      for (const { out } of watch.streams) out.end();
    });
    return watch;
  }

  async #follow(watch: Watch, read: () => Promise<unknown>): Promise<void> {
    const { everyMs, isDraining, random } = this.#options;
    let waitMs = everyMs;
    for (;;) {
      await sleep(waitMs * (0.75 + random() / 2), undefined, { ref: false });
      if (watch.streams.size === 0 || isDraining()) return;
      // Whoever comes while it is read has been told something newer already.
      const readers = [...watch.streams];
      try {
        const view = await read();
        if (view === undefined) return;
        waitMs = everyMs;
        spread(watch, readers, seenAs(view));
      } catch {
        // What cannot be read now may be read later; whoever follows it keeps what they have.
        waitMs = Math.min(waitMs * 2, EVERY_MS_MAX);
        spread(watch, readers);
      }
    }
  }
}

function spread({ streams }: Watch, readers: readonly Stream[], seen?: Seen): void {
  const now = Date.now();
  for (const stream of readers) {
    if (!streams.has(stream)) continue;
    if (stream.out.writableNeedDrain) stream.out.destroy();
    else if (now >= stream.endsAt) stream.out.end();
    else if (seen !== undefined && seen.tag !== stream.tag) tell(stream, seen);
    else if (now - stream.saidAt >= SILENCE_MS_MAX) say(stream, ": still here\n\n");
  }
}

function seenAs(view: unknown): Seen {
  const json = JSON.stringify(view);
  return { json, tag: hash("sha256", json, "base64url") };
}

function tell(stream: Stream, { tag, json }: Seen): void {
  if (stream.tag === tag) return;
  stream.tag = tag;
  say(stream, eventOf({ tag, json }));
}

function eventOf({ tag, json }: Seen): string {
  return `id: ${tag}\nevent: change\ndata: ${json}\n\n`;
}

/** What whoever opens a stream of such a record gets at first, for the API's description. */
export function streamBeginning(view: unknown): string {
  return `${retryIn(AGAIN_MS)}${eventOf(seenAs(view))}`;
}

function retryIn(ms: number): string {
  return `retry: ${Math.round(ms)}\n\n`;
}

function say(stream: Stream, text: string): void {
  stream.saidAt = Date.now();
  stream.out.write(text);
}
