import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What outlives a restart by convention, so it lies on a disk: /tmp may be in memory, where a flush costs nothing. */
const ON_DISK = "/var/tmp";

export function benchDirectory(): string {
  return mkdtempSync(join(existsSync(ON_DISK) ? ON_DISK : tmpdir(), "milepost-bench-"));
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}
