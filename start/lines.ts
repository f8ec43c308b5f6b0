/** What the processes say, as one stream for a person: the time, who says it, and the sentence. */

const WIDTH = 8;
/** What every line of a process has anyway. */
const LEFT_OUT = new Set(["level", "time", "msg", "service", "env", "pid", "v"]);
/** What some sentences say already, and those that warn of a change do not: who reads them has to know which change it is. */
const OFTEN_SAID = new Set(["eventId", "requestId", "newStatus"]);

/** What a terminal would act on, or show as a line of its own; a tab is none of it. */
const UNSAFE = /(?!\t)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** A line of JSON in words; any other line as it is. What others have written into it stays within it. */
export function render(source: string, line: string): string {
  return inWords(source, line).replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function inWords(source: string, line: string): string {
  const event = parse(line);
  if (event === undefined) return `${clockTime(new Date())} ${source.padEnd(WIDTH)} ${line}`;
  const moment = typeof event.time === "string" ? new Date(event.time) : new Date();
  const level = event.level === "info" || event.level === undefined ? "" : `${String(event.level).toUpperCase()} `;
  const sentence = String(event.msg ?? "");
  const isSaid = (name: string, value: unknown) => OFTEN_SAID.has(name) && sentence.includes(`${name}=${String(value)}`);
  const rest = Object.entries(event).filter(([name, value]) => !LEFT_OUT.has(name) && !isSaid(name, value));
  const details = rest.map(([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`).join("");
  return `${clockTime(moment)} ${source.padEnd(WIDTH)} ${level}${sentence}${details}`;
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function clockTime(moment: Date): string {
  return Number.isNaN(moment.getTime()) ? "--:--:--" : moment.toISOString().slice(11, 19);
}
