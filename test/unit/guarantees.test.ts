import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CRASH_POINTS } from "../../config/crash-points.ts";
import { POINTS_AT_FAILURES } from "../chaos/system/crashes.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

function fileOf(point: string): string | undefined {
  if (POINTS_AT_FAILURES.some((one) => one === point)) return "test/chaos/crash-points-failures.test.ts";
  return CRASH_POINTS.some((one) => one === point) ? "test/chaos/crash-points.test.ts" : undefined;
}

describe("docs/guarantees.md", () => {
  const rows = [...read("docs/guarantees.md").matchAll(/`(test\/[\w/.-]+\.ts)`: (?:"([^"]+)"|([a-z-]+:[a-z-]+))/g)];

  it("names a test for each of its rows", () => {
    const lines = read("docs/guarantees.md").split("\n");
    const isRow = (line: string, index: number) => line.startsWith("| ") && !/^\|[-|]+$/.test(lines[index + 1] ?? "") && !/^\|-/.test(line);

    assert.equal(rows.length, lines.filter(isRow).length);
  });

  it("says of each moment at which a process may die what comes of it", () => {
    const points = rows.map(([, , , point]) => point);

    assert.deepEqual(
      CRASH_POINTS.filter((point) => !points.includes(point)),
      [],
    );
  });

  for (const [, path = "", title, point] of rows) {
    it(`has the test it names: ${title ?? point}`, () => {
      if (point !== undefined) {
        assert.equal(path, fileOf(point));
        assert.ok(read(path).includes(`"${point}"`));
      } else assert.ok(read(path).includes(`"${title}`));
    });
  }
});

describe("the documentation's links and paths", () => {
  const decisions = readdirSync(join(ROOT, "docs", "decisions")).map((name) => `docs/decisions/${name}`);
  const pages = readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`);

  for (const page of ["README.md", "CONTRIBUTING.md", ...pages, ...decisions]) {
    it(`lead to what is there: ${page}`, () => {
      const text = read(page);
      const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) => join(ROOT, dirname(page), target));
      const folders = "api|bench|config|domain|local|pulumi|scripts|start|test|worker|workflows";
      const paths = [...text.matchAll(new RegExp(`\`((?:${folders})/[\\w./-]*\\w(?:\\.\\w+)?)\``, "g"))].map(([, path = ""]) =>
        join(ROOT, path),
      );

      assert.deepEqual(
        [...links, ...paths].filter((path) => !existsSync(path)),
        [],
      );
    });
  }
});
