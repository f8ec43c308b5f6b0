import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** What a word behind a number makes of it, in bytes or in milliseconds. */
const UNITS: Readonly<Record<string, number>> = {
  KiB: 1_024,
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
};

interface Limit {
  readonly what: string;
  readonly value: number;
  readonly file: string;
  readonly constant: string;
}

function limitsOfPage(): Limit[] {
  const page = readFileSync(join(ROOT, "docs", "limits.md"), "utf8");
  const rows = page.matchAll(/^\| (.+) \| ([\d,]+)(?: (\w+))? \| `([\w./-]+)` `(\w+)` \|$/gm);
  return [...rows].map(([, what = "", number = "", unit = "", file = "", constant = ""]) => ({
    what,
    value: Number(number.replaceAll(",", "")) * (UNITS[unit] ?? 1),
    file,
    constant,
  }));
}

/** What a constant, or a member of one, is set to in the code: a number, or a product of some. Seconds are given in milliseconds. */
function valueIn({ file, constant }: Limit): number | undefined {
  const code = readFileSync(join(ROOT, file), "utf8");
  const [, product] = new RegExp(`\\b${constant}(?: =|:) (\\d[\\d_]*(?: \\* \\d[\\d_]*)*)`).exec(code) ?? [];
  const value = product
    ?.replaceAll("_", "")
    .split(" * ")
    .map(Number)
    .reduce((one, other) => one * other);
  return value !== undefined && /seconds$/i.test(constant) ? value * 1_000 : value;
}

describe("The limits that are documented", () => {
  const limits = limitsOfPage();

  it("are all rows of their tables", () => {
    const page = readFileSync(join(ROOT, "docs", "limits.md"), "utf8");
    const rows = page.split("\n").filter((line) => /^\| (?!what \|)/.test(line));

    assert.equal(limits.length, rows.length);
    assert.ok(limits.length >= 35);
  });

  for (const limit of limits)
    it(`are those of the code: ${limit.what}`, () => {
      assert.equal(valueIn(limit), limit.value);
    });
});
