/**
 * One apply at a time for a stack. The lock is SQLite's on a file, which the system takes back when its process ends, however
 * that ends: there are no stale ones. The process's id stands beside it only for the sentence the second one gets.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ApplyError } from "./resource-type.ts";

const BUSY = 5;

/** @returns what gives the lock back */
export function lock(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const owner = join(directory, "lock.pid");
  const database = new DatabaseSync(join(directory, "lock"));
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof Error && "errcode" in error && error.errcode === BUSY) throw busy(owner);
    throw error;
  }
  writeFileSync(owner, String(process.pid), { mode: 0o600 });
  return () => database.close();
}

function busy(owner: string): ApplyError {
  return new ApplyError(`Another apply of this stack is under way (process ${ownerOf(owner)}): wait for it to end.`);
}

function ownerOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "unknown";
  }
}
