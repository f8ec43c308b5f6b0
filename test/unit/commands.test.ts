import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { blocksOf, commandsOf, isShell, pages, ROOT, RUN_ELSEWHERE } from "../support/documented.ts";

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));

/** What machines that run the tests may lack. */
const REASONS = /^needs (?:Docker|Pulumi's CLI|an account of AWS)(?:,? (?:and )?(?:Docker|Pulumi's CLI|an account of AWS))*$/;

describe("The documentation's commands", () => {
  const blocks = pages().flatMap(blocksOf);
  const commands = blocks.flatMap(commandsOf);
  const marked = blocks.filter(({ notRun }) => notRun !== undefined);

  it("are found", () => {
    assert.ok(blocks.length >= 15);
    assert.ok(commands.length >= 60);
  });

  it("are marked as not run for a reason that is one", () => {
    assert.ok(marked.length >= 4);
    assert.deepEqual(
      marked.filter(({ notRun = "" }) => !REASONS.test(notRun)).map(({ page, line, notRun }) => `${page}:${line}: ${notRun}`),
      [],
    );
  });

  it("need what their mark says, where they are not run", () => {
    const needs = (text: string, reason: string) =>
      (!/\bdocker\b/.test(text) || reason.includes("Docker")) &&
      (!/^pulumi\b/m.test(text) || reason.includes("Pulumi")) &&
      /^(?:.* )?(?:docker|pulumi) /m.test(text);

    assert.deepEqual(
      marked.filter(({ lines, notRun = "" }) => !needs(lines.join("\n"), notRun)).map(({ page, line }) => `${page}:${line}`),
      [],
    );
  });

  it("are such as the shell can read, also where they are not run", () => {
    assert.deepEqual(
      blocks.filter(({ lines }) => !isShell(lines.join("\n"))).map(({ page, line }) => `${page}:${line}`),
      [],
    );
  });

  it("name npm scripts that are there, in a line of text as well", () => {
    const named = pages().flatMap((page) =>
      [...readFileSync(join(ROOT, page), "utf8").matchAll(/\bnpm run ([a-z][a-z:]*)/g)].map(([, name = ""]) => `${page}: ${name}`),
    );

    assert.ok(named.length >= 30);
    assert.deepEqual(
      named.filter((one) => scripts[one.split(": ")[1] ?? ""] === undefined),
      [],
    );
  });

  it("name files that are there", () => {
    const named = commands.flatMap(({ page, line, text }) =>
      [...text.matchAll(/(?:^|[\s=])((?:deploy|docs|scripts|test|bench|start|client)\/[\w./-]+)/g)].map(([, path = ""]) => ({
        page,
        line,
        path,
      })),
    );

    assert.ok(named.length >= 4);
    assert.deepEqual(
      named.filter(({ path }) => !existsSync(join(ROOT, path))),
      [],
    );
  });

  it("are run by tests that are there, where they do not end by themselves or soon", () => {
    for (const [command, test] of RUN_ELSEWHERE) {
      assert.ok(existsSync(join(ROOT, test)), test);
      assert.ok(
        commands.some(({ text }) => command.test(text)),
        `Nobody documents ${command} any more.`,
      );
    }
  });
});
