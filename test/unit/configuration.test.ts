import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OUTPUTS, variableOf } from "../../config/outputs.ts";
import { readSettings } from "../../config/settings.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const textOf = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** Words that look like a variable and are none, and the one variable that is for tests alone. */
const NO_SETTINGS = ["WHEN_REQUIRED", "MILEPOST_CRASH_AT"];
/** What is read outside `config/`. */
const READ_ELSEWHERE: Readonly<Record<string, string>> = {
  MILEPOST_DATA: "local/options.ts",
  MILEPOST_RETENTION_DAYS: "local/options.ts",
};

interface Row {
  readonly name: string;
  readonly byDefault: string;
  readonly readBy: readonly string[];
  readonly meaning: string;
}

/** The variables of the code, by the words in it: those that stand there, and of each secret its file. */
function variablesOfCode(): string[] {
  const code = globSync("config/*.ts", { cwd: ROOT }).map(textOf).join("\n");
  const words = [...code.matchAll(/"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g)].map(([, name = ""]) => name);
  const read = [...code.matchAll(/secretOf\(environment, "(\w+)"/g)].map(([, name = ""]) => name);
  const secrets = [...read, ...words.filter((name) => /_(?:TOKEN|SECRET)(?:_PREVIOUS)?$/.test(name))];
  const all = [...words, ...secrets.map((name) => `${name}_FILE`), ...OUTPUTS.map(variableOf), ...Object.keys(READ_ELSEWHERE)];
  return [...new Set(all)].filter((name) => !NO_SETTINGS.includes(name)).sort();
}

function rowsOfPage(): Row[] {
  const rows = [...textOf("docs/configuration.md").matchAll(/^\| `([A-Z0-9_]+)` \| (.*?) \| (.*?) \| (.*) \|$/gm)];
  return rows.map(([, name = "", byDefault = "", readBy = "", meaning = ""]) => ({ name, byDefault, readBy: readBy.split(", "), meaning }));
}

/** The lines of .env.example; those with a `#` before them say what could be set, the others the default. */
function linesOfExample(): { name: string; value: string; isSet: boolean }[] {
  const lines = [...textOf(".env.example").matchAll(/^(#?)([A-Z0-9_]+)=(.*)$/gm)];
  return lines.map(([, mark, name = "", value = ""]) => ({ name, value, isSet: mark === "" }));
}

describe("The settings", () => {
  const rows = rowsOfPage();
  const example = linesOfExample();

  it("are in the table, each once, and nothing else is", () => {
    assert.deepEqual(rows.map(({ name }) => name).sort(), variablesOfCode());
  });

  it("are in .env.example, each once, and nothing else is", () => {
    assert.deepEqual(example.map(({ name }) => name).sort(), variablesOfCode());
  });

  it("are read where that is said of those that config/ does not read", () => {
    for (const [name, file] of Object.entries(READ_ELSEWHERE)) assert.match(textOf(file), new RegExp(`\\b${name}\\b`));
  });

  it("have in .env.example the defaults of the code", () => {
    const set = Object.fromEntries(example.filter(({ isSet }) => isSet).map(({ name, value }) => [name, value]));

    assert.deepEqual(readSettings(set), readSettings({}));
  });

  it("have in the table the defaults of .env.example", () => {
    const defaults = new Map(example.map(({ name, value, isSet }) => [name, isSet ? `\`${value}\`` : undefined]));

    const wrong = rows.filter(({ name, byDefault }) => byDefault.startsWith("`") && defaults.get(name) !== byDefault);
    const unsaid = rows.filter(({ name, byDefault }) => !byDefault.startsWith("`") && defaults.get(name) !== undefined);
    assert.deepEqual([...wrong, ...unsaid], []);
  });

  it("have in the table the bounds that the code keeps", () => {
    const bounded = rows.flatMap(({ name, meaning }) => {
      const bounds = boundsOf(name);
      return bounds === undefined ? [] : [{ name, meaning, bounds }];
    });

    assert.ok(bounded.length >= 15);
    assert.deepEqual(
      bounded.filter(({ meaning, bounds }) => !meaning.includes(bounds)),
      [],
    );
  });

  it("say of each who reads it, in words that are explained", () => {
    const readers = new Set(rows.flatMap(({ readBy }) => readBy));

    assert.deepEqual([...readers].sort(), ["API", "all", "endpoint", "start", "up", "worker"]);
  });
});

/** What a number must be between, as the sentence says that refuses another. */
function boundsOf(name: string): string | undefined {
  try {
    readSettings({ [name]: "-" });
  } catch (error) {
    const [, least, most] = /must be a whole number from (\d+) to (\d+)/.exec(String(error)) ?? [];
    if (most !== undefined) return `${Number(least).toLocaleString("en")} to ${Number(most).toLocaleString("en")}`;
  }
  return undefined;
}
