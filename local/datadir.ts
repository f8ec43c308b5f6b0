import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeDirectory } from "../config/directory.ts";
import { messageOf } from "../config/message-of.ts";
import { openStore, type Store } from "./store.ts";

/** The directory all state lives in: the data file, S3's objects, and a note of which process has it open. */
export interface DataDirectory {
  readonly path: string;
  readonly store: Store;
  /** Writes down who owns the directory, for the sentence a second start gets. */
  claim(port: number): void;
  close(): void;
}

/** A reason not to start, told to the user as one sentence. */
export class StartError extends Error {}

const DATA_FILE = "endpoint.db";
const OWNER_FILE = "endpoint.json";

export function openDataDirectory(directory: string, schema: readonly string[]): DataDirectory {
  const path = resolve(directory);
  const owner = join(path, OWNER_FILE);
  try {
    makeDirectory(path);
  } catch (error) {
    throw new StartError(`The data directory ${path} cannot be made: ${messageOf(error)}.`);
  }
  const store = openOrExplain(path, owner, schema);
  return {
    path,
    store,
    claim: (port) => {
      try {
        writeFileSync(owner, `${JSON.stringify({ pid: process.pid, port })}\n`, { mode: 0o600 });
      } catch (error) {
        throw new StartError(isFullDisk(error) ? fullDisk(path) : `${owner} cannot be written: ${messageOf(error)}.`);
      }
    },
    close: () => {
      store.close();
      rmSync(owner, { force: true });
    },
  };
}

function openOrExplain(path: string, owner: string, schema: readonly string[]): Store {
  try {
    return openStore(join(path, DATA_FILE), schema);
  } catch (error) {
    throw new StartError(explain(error, path, owner));
  }
}

/** SQLite's result codes that a start can meet: BUSY 5, READONLY 8, IOERR 10, CORRUPT 11, FULL 13, CANTOPEN 14, NOTADB 26. */
function explain(error: unknown, path: string, owner: string): string {
  const code = error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
  if (code === 5)
    return `The data directory ${path} is in use by ${ownerOf(owner)}; stop that process, or name another directory with --data.`;
  if (code === 13) return fullDisk(path);
  if (code === 11 || code === 26)
    return `The data file in ${path} is damaged or not Milepost's (${messageOf(error)}); restore it, or name another directory with --data.`;
  if (code !== undefined) return `The data file in ${path} cannot be opened (${messageOf(error)}).`;
  return messageOf(error);
}

function isFullDisk(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

function fullDisk(path: string): string {
  return `The disk that holds ${path} is full; make room and start again.`;
}

function ownerOf(file: string): string {
  try {
    const { pid, port } = JSON.parse(readFileSync(file, "utf8")) as { pid?: unknown; port?: unknown };
    return `process ${String(pid)}, which answers on port ${String(port)}`;
  } catch {
    return "another process";
  }
}
