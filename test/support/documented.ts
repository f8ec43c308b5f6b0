/**
 * The commands of the documentation: every line of every `sh` block of README.md, CONTRIBUTING.md and docs/, and in `console`
 * blocks, which show a session, what stands behind a `$`. They come in order. A block
 * below the sentence "Not run in CI: …." is marked; every other command is one that a test runs.
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..", "..");

export interface Block {
  readonly page: string;
  /** The line its first command may stand on, counted from 1. */
  readonly line: number;
  readonly lines: readonly string[];
  /** Why it is not run where that is said. */
  readonly notRun: string | undefined;
}

export interface Command {
  readonly page: string;
  readonly line: number;
  readonly text: string;
  /** What the documentation says it answers with. */
  readonly answer: string | undefined;
}

/** Commands that do not end by themselves, or not soon, and the test that runs each: as the documentation has it, or smaller. */
export const RUN_ELSEWHERE: readonly (readonly [command: RegExp, test: string])[] = [
  [/^npm start$/, "test/system/start.test.ts"],
  [/^npm run local$/, "test/support/endpoint-process.ts"],
  [/^TASK_PROCESSOR=\.\/my-tasks\.ts npm start$/, "test/contract/worker-tasks.test.ts"],
  [/^APP_SECRET_PREVIOUS_FILE=\S+ npm start$/, "test/contract/api-rotation.test.ts"],
  [/^npm start \| grep call-42$/, "test/contract/correlation.test.ts"],
  [/^OTEL_EXPORTER_OTLP_ENDPOINT=\S+ npm start$/, "test/contract/tracing.test.ts"],
  [/^npm run bench(?:| -- load latency)$/, "test/system/benchmarks.test.ts"],
  [/^npm run bench:local$/, "test/system/benchmarks.test.ts"],
  [/^prometheus --config\.file=/, "test/system/prometheus.test.ts"],
];

export function pages(): string[] {
  return ["README.md", "CONTRIBUTING.md", ...globSync("docs/**/*.md", { cwd: ROOT }).sort()];
}

export function blocksOf(page: string): Block[] {
  const lines = readFileSync(join(ROOT, page), "utf8").split("\n");
  const blocks: Block[] = [];
  for (let start = 0; start < lines.length; start++) {
    const [, indent, language] = /^( *)```(sh|bash|shell|console)$/.exec(lines[start] ?? "") ?? [];
    if (indent === undefined) continue;
    const end = lines.indexOf(`${indent}\`\`\``, start + 1);
    if (end < 0) throw new Error(`${page}:${start + 1}: the block has no end.`);
    const before = lines.slice(0, start).findLast((line) => line.trim() !== "") ?? "";
    const [, notRun] = /^ *Not run in CI: (.+)\.$/.exec(before) ?? [];
    const inside = lines.slice(start + 1, end).map((line) => line.slice(indent.length));
    blocks.push({ page, line: start + 2, lines: language === "console" ? typedIn(inside) : inside, notRun });
    start = end;
  }
  return blocks;
}

/** What a session's reader types; what is answered becomes empty lines. */
function typedIn(lines: readonly string[]): string[] {
  let open = "";
  return lines.map((line) => {
    if (open === "" && !line.startsWith("$ ")) return "";
    const typed = open === "" ? line.slice(2) : line;
    const text = open + typed;
    open = isWhole(text) ? "" : `${text}\n`;
    return typed;
  });
}

/** A block's commands, each with the lines it goes on in, and with what is documented right below it. */
export function commandsOf({ page, line, lines }: Block): Command[] {
  const commands: Command[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (/^\s*(?:#|$)/.test(lines[at] ?? "")) continue;
    const start = at;
    let text = lines[at] ?? "";
    while (!isWhole(text)) {
      if (++at >= lines.length) throw new Error(`${page}:${line + start}: the command has no end.`);
      text += `\n${lines[at]}`;
    }
    const answer = answerBelow(lines.slice(at + 1));
    commands.push({ page, line: line + start, text: text.replace(/\s+# .*$/, ""), answer });
  }
  return commands;
}

function isWhole(text: string): boolean {
  return !text.endsWith("\\") && isShell(text);
}

/** Whether the shell can read it, to which a placeholder would be a redirection; nothing is run. */
export function isShell(text: string): boolean {
  return spawnSync("bash", ["-n"], { input: text.replace(PLACEHOLDER, "placeholder"), timeout: 10_000 }).status === 0;
}

/** What a reader puts something else in for. */
export const PLACEHOLDER = /<([A-Za-z][\w ]*)>/g;

/** A comment that is an answer: JSON, or a metric. Lines that are indented behind their `#` belong to it. */
function answerBelow(lines: readonly string[]): string | undefined {
  if (!/^# (?:\{|[a-z_]+\{)/.test(lines[0] ?? "")) return undefined;
  const more = lines.slice(1).findIndex((line) => !/^# {2}/.test(line));
  return lines
    .slice(0, 1 + (more < 0 ? lines.length : more))
    .map((line) => line.slice(2))
    .join("");
}
