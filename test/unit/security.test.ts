import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** What is longer nobody keeps in mind, and on paper it would be two. */
const WORDS_OF_A_PAGE = 600;

/** The points that the tables speak of, all of them; "2.3.3-4" stands for both. */
const RISKS = Array.from({ length: 10 }, (_, risk) => `API${risk + 1}`);
const POINTS = [
  ...["2.2.1-2", "2.3.1", "2.3.3-4", "2.4.1"],
  ...["3.2.2", "3.3.1-4", "3.4.1-2", "3.4.4-6", "3.5.1-3", "3.7.2"],
  ...["4.1.1", "4.1.3-4", "7.1.1", "7.2.1-2", "7.2.4", "7.3.1-2", "7.4.1", "7.4.3-5"],
  ...["8.2.1-3", "8.3.1", "9.1.1-3", "9.2.1-3", "11.2.4", "11.4.1", "11.5.1"],
  ...["13.2.2", "13.3.1-2", "13.3.4", "13.4.2", "13.4.5-6", "15.1.2", "15.3.1", "15.3.3", "15.3.5-7", "15.4.2"],
  ...["16.2.1-5", "16.3.1-3", "16.4.1", "16.5.1-4"],
].flatMap((some) => {
  const [, chapter = "", first = "", last = first] = /^(.*\.)(\d+)(?:-(\d+))?$/.exec(some) ?? [];
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, point) => `${chapter}${Number(first) + point}`);
});

describe("docs/security.md", () => {
  const page = read("docs/security.md");
  const rows = page.split("\n").filter((line) => /^\| (?:API)?\d/.test(line) && line.split("|").length > 4);
  const asTables = rows.filter((row) => row.includes("`test/") || row.includes("Not met"));
  const named = [...page.matchAll(/`(test\/[\w/.-]+\.ts)`: "([^"]+)"/g)];

  it("has a threat model of one page", () => {
    const [, model = ""] = /^## Threat model\n([\s\S]*?)^## /m.exec(page) ?? [];
    const words = model.match(/[^\s|]+/g) ?? [];

    assert.ok(words.length > 300 && words.length <= WORDS_OF_A_PAGE, `${words.length} words`);
  });

  it("has a row for each risk and each point", () => {
    assert.deepEqual(
      asTables.map((row) => row.split(" ")[1]),
      [...RISKS, ...POINTS],
    );
  });

  it("says of each row which test shows it, or that it is not met", () => {
    for (const row of asTables) assert.ok(row.includes('`: "') || (row.includes("Not met") && row.endsWith("| – |")), row);
  });

  for (const [, path = "", title = ""] of named)
    it(`has the test it names: ${path}: ${title}`, () => {
      const text = read(path);
      assert.ok([`"${title}`, `\`${title}`].some((start) => text.includes(start)));
    });
});

describe("What signs, seals and compares", () => {
  it("use no hash that is broken", () => {
    const files = globSync(
      ["api", "config", "domain", "worker", "workflows"].map((room) => `${room}/**/*.ts`),
      { cwd: ROOT },
    );
    assert.ok(files.length > 50);
    for (const file of files) assert.doesNotMatch(read(file), /["'`](?:md4|md5|sha1|ripemd160)["'`]/i, file);
  });
});
