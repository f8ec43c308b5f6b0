import { randomBytes } from "node:crypto";
import { createReadStream, readdirSync, rmSync } from "node:fs";
import { type FileHandle, open, opendir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectory } from "../../config/directory.ts";
import { storageFailed } from "../errors.ts";
import type { Store } from "../store.ts";

const INCOMING = "incoming";
/** Small network chunks are gathered to this size, so that a large body costs few writes. */
const WRITE_BYTES = 262_144;
const READ_BYTES = 262_144;

/** A file of a body as its row names it. */
export interface BlobFile {
  readonly name: string;
  readonly size: number;
}

/** A run of bytes of a body that may lie in several files. */
export interface BlobRange {
  readonly files: readonly BlobFile[];
  readonly start: number;
  readonly length: number;
}

/**
 * The files that hold the objects' bodies. A file is written under `incoming/`, flushed, renamed to its final name and its
 * directory flushed, all before the row that names it is committed; and removed only after the row's removal is. So each
 * row's file is whole at any moment of power loss, and what is left over is a file without a row, swept at the next start.
 */
export class Blobs {
  readonly #store: Store;
  readonly #directory: string;
  /** Sets this process's files apart from earlier ones', which alone the sweep may take for orphans. */
  readonly #generation = randomBytes(6).toString("hex");
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();
  #count = 0;
  #stopped = false;

  constructor(store: Store, directory: string) {
    this.#store = store;
    this.#directory = directory;
    makeDirectory(join(directory, INCOMING));
    for (const left of readdirSync(join(directory, INCOMING))) rmSync(join(directory, INCOMING, left));
  }

  /** A new file to write a body into; `keep` or `discard` must follow. */
  async draft(): Promise<Draft> {
    const name = `${this.#generation}-${(this.#count++).toString(36)}`;
    try {
      return new Draft(name, this.#directory, await open(join(this.#directory, INCOMING, name), "wx", 0o600));
    } catch (error) {
      throw storageFailed(error);
    }
  }

  /** The bytes of the range, in pieces; the files must be pinned meanwhile. */
  async *read({ files, start, length }: BlobRange): AsyncGenerator<Buffer> {
    let skip = start;
    let left = length;
    for (const { name, size } of files) {
      if (left === 0) return;
      const take = Math.min(size - skip, left);
      if (take > 0) {
        const end = skip + take - 1;
        yield* createReadStream(join(this.#directory, name), { start: skip, end, highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>;
        left -= take;
      }
      skip = Math.max(0, skip - size);
    }
  }

  /** Keeps the files readable until the returned function is called, whatever happens to their object meanwhile. */
  pin(files: readonly BlobFile[]): () => void {
    for (const { name } of files) this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      for (const { name } of files) this.#release(name);
    };
  }

  /** Removes files that no row names any more, those being read when their last reader is done. */
  remove(files: readonly BlobFile[]): void {
    for (const { name } of files) {
      if (this.#readers.has(name)) this.#doomed.add(name);
      else this.#unlink(name);
    }
  }

  /** Removes what earlier processes left behind; runs beside the first requests. */
  async sweep(): Promise<void> {
    const entries = await opendir(this.#directory);
    for await (const entry of entries) {
      if (this.#stopped) return;
      if (!entry.isFile() || entry.name.startsWith(this.#generation)) continue;
      const known = this.#store.sql("SELECT 1 FROM s3_files WHERE name = ?").get(entry.name);
      if (known === undefined) this.#unlink(entry.name);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  #release(name: string): void {
    const readers = (this.#readers.get(name) ?? 0) - 1;
    if (readers > 0) {
      this.#readers.set(name, readers);
      return;
    }
    this.#readers.delete(name);
    if (this.#doomed.delete(name)) this.#unlink(name);
  }

  /** A file that cannot be removed now is an orphan and goes with the next sweep. */
  #unlink(name: string): void {
    rm(join(this.#directory, name), { force: true }).catch((error: unknown) =>
      console.error(`The file ${name} of a deleted object stays for now:`, error),
    );
  }
}

/** A body being written. */
export class Draft {
  readonly name: string;
  readonly #directory: string;
  readonly #handle: FileHandle;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #written = 0;

  constructor(name: string, directory: string, handle: FileHandle) {
    this.name = name;
    this.#directory = directory;
    this.#handle = handle;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#gathered.push(bytes);
    this.#gatheredBytes += bytes.length;
    if (this.#gatheredBytes < WRITE_BYTES) return;
    try {
      await this.#writeGathered();
    } catch (error) {
      throw storageFailed(error);
    }
  }

  /** Makes the file durable under its final name; afterwards it is an orphan until a row names it. */
  async keep(): Promise<BlobFile> {
    try {
      await this.#writeGathered();
      await this.#handle.datasync();
      await this.#handle.close();
      await rename(join(this.#directory, INCOMING, this.name), join(this.#directory, this.name));
      await syncDirectory(this.#directory);
    } catch (error) {
      throw storageFailed(error);
    }
    return { name: this.name, size: this.#written };
  }

  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(join(this.#directory, INCOMING, this.name), { force: true }).catch(() => undefined);
    await rm(join(this.#directory, this.name), { force: true }).catch(() => undefined);
  }

  async #writeGathered(): Promise<void> {
    const bytes = this.#gathered.length === 1 && this.#gathered[0] !== undefined ? this.#gathered[0] : Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    await this.#handle.appendFile(bytes);
    this.#written += bytes.length;
  }
}

/** Windows has no flush of directories; there the rename is as durable as its file system makes it. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
