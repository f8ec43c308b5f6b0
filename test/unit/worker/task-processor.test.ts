import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import fc from "fast-check";
import { describeTask, loadTaskProcessor, type TaskContext } from "../../../worker/task-processor.ts";
import { captureLog } from "../../support/log.ts";

const CONTEXT: TaskContext = { signal: new AbortController().signal, attempt: 1, logger: captureLog().logger };

describe("describeTask", () => {
  it("says which task was processed and when, with the description where there is one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.option(fc.string({ minLength: 1 }), { nil: undefined }), async (title, description) => {
        const before = Date.now();

        const result = await describeTask({ id: "a", title, ...(description !== undefined && { description }) }, CONTEXT);

        const beginning = `Processed task '${title}' at `;
        const ending = description === undefined ? "" : ` with description: ${description}`;
        assert.ok(result.startsWith(beginning) && result.endsWith(ending));
        const moment = result.slice(beginning.length, result.length - ending.length);
        assert.equal(new Date(moment).toISOString(), moment);
        assert.ok(Date.parse(moment) >= before && Date.parse(moment) <= Date.now());
      }),
    );
  });
});

describe("loadTaskProcessor", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "milepost-processor-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const module = (name: string, text: string): string => {
    const file = join(directory, name);
    writeFileSync(file, text);
    return file;
  };
  const process = (file: string) => loadTaskProcessor(file)({ id: "a", title: "Print" }, CONTEXT);

  it("takes what is there by default where no module is named", () => {
    assert.equal(loadTaskProcessor(undefined), describeTask);
  });

  for (const [name, text] of [
    ["own.ts", "export default async (task: { title: string }): Promise<string> => 'did ' + task.title;"],
    ["own.mjs", "export default async (task) => 'did ' + task.title;"],
    ["own.cjs", "module.exports = async (task) => 'did ' + task.title;"],
  ] as const) {
    it(`takes the default export of ${name}`, async () => {
      assert.equal(await process(module(name, text)), "did Print");
    });
  }

  it("finds a module from the working directory", async () => {
    const file = module("own.mjs", "export default async () => 'done';");
    assert.equal(await process(relative(globalThis.process.cwd(), file)), "done");
  });

  for (const [what, text, says] of [
    [
      "has no default export",
      "export const work = 1;",
      /^TASK_PROCESSOR names .*own\.mjs, whose default export is object, not a function\.$/,
    ],
    ["exports no function", "export default 7;", /^TASK_PROCESSOR names .*own\.mjs, whose default export is number, not a function\.$/],
    ["is no JavaScript", "export default (", /^TASK_PROCESSOR names .*own\.mjs, which cannot be loaded: SyntaxError: .*\.$/],
    ["throws when it is loaded", "throw new Error('No paper.');", /^TASK_PROCESSOR names .*own\.mjs, which cannot be loaded: No paper\.$/],
  ] as const) {
    it(`refuses in one sentence a module that ${what}`, () => {
      const file = module("own.mjs", text);
      assert.throws(() => loadTaskProcessor(file), { name: "ConfigError", message: says });
    });
  }

  it("refuses in one sentence a module that is not there", () => {
    assert.throws(() => loadTaskProcessor("nowhere/own.ts"), {
      name: "ConfigError",
      message: /^TASK_PROCESSOR names nowhere\/own\.ts, which cannot be loaded: Cannot find module .*\.$/,
    });
  });
});
