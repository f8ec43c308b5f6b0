import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { present, text } from "../../../domain/attributes.ts";
import { createRecord } from "../../../domain/creation.ts";
import type { ChangeEvent } from "../../../domain/event.ts";
import type { Ledger } from "../../../domain/ledger.ts";
import type { TaskStatus } from "../../../domain/tasks.ts";
import { uniqueName } from "./endpoint.ts";

const PAGE = join(import.meta.dirname, "..", "..", "..", "docs", "tasks.md");

/** A task with its creation pending, as the API makes one. */
export async function newTask(ledger: Ledger<TaskStatus>, title: string, description?: string): Promise<ChangeEvent> {
  const attributes = present({ title: text(title), description: description === undefined ? undefined : text(description) });
  const outcome = await createRecord(ledger, { id: uniqueName("t"), changeId: randomUUID(), attributes });
  assert.ok(outcome.outcome === "created");
  return outcome.event;
}

/** Modules for TASK_PROCESSOR, in a directory that lives as long as a file's tests. */
export class Processors {
  readonly #directory = mkdtempSync(join(tmpdir(), "milepost-processors-"));

  /** A module with this function as its default export. */
  of(processTask: string): { TASK_PROCESSOR: string } {
    return this.#write(`export default ${processTask};\n`);
  }

  /** The module that the documentation shows, to the letter. */
  ofDocumentation(): { TASK_PROCESSOR: string } {
    const [, module] = /```ts\n(\/\/ my-tasks\.ts\n.*?)```/s.exec(readFileSync(PAGE, "utf8")) ?? [];
    assert.ok(module !== undefined, "docs/tasks.md shows no module");
    return this.#write(module);
  }

  drop(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #write(module: string): { TASK_PROCESSOR: string } {
    const file = join(this.#directory, `${uniqueName("processor")}.ts`);
    writeFileSync(file, module);
    return { TASK_PROCESSOR: file };
  }
}
