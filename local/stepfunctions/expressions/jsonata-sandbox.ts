import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Context, createContext, Script } from "node:vm";
import { messageOf } from "../../../config/message-of.ts";
import { chance } from "./chance.ts";
import { hashOf } from "./intrinsic-functions.ts";
import { JavaRandom } from "./java-random.ts";
import { isTimeout, TIME_LIMIT_MS, withinTime } from "./time-limit.ts";

/**
 * The JSONata library in a context of its own, where its promises settle before the script that made them ends
 * (`afterEvaluate`): so its asynchronous evaluation becomes a synchronous call, which can be cut off after a time. Values
 * cross as JSON text, so nothing inside can reach or keep an object of the outside.
 */
export interface Answer {
  kind: "value" | "undefined" | "function" | "problem" | "timeout";
  /** The value's JSON, or the problem in words. */
  text: string;
}

const libraryFile = createRequire(import.meta.url).resolve("jsonata");
const LIBRARY = `const jsonata = (() => { const module = { exports: {} }; const exports = module.exports;
${readFileSync(libraryFile, "utf8")}
return module.exports; })();`;

const scripts = [
  new Script(LIBRARY, { filename: "jsonata.js" }),
  ...["jsonata-guest.js", "jsonata-guest-inspect.js"].map((filename) => new Script(sourceBeside(filename), { filename })),
];
const evaluation = new Script("evaluate(given.text, given.bindings)");
const inspection = new Script("inspect(given.text)");

class Sandbox {
  readonly #context: Context;
  readonly #given = { text: "", bindings: "{}" };
  #answer: Answer | undefined;

  constructor() {
    const host = {
      answer: (kind: Answer["kind"], text: string) => {
        this.#answer = { kind, text };
      },
      now: () => chance().now(),
      random: () => chance().random(),
      seededRandom: (seed: number) => new JavaRandom(seed).nextDouble(),
      uuid: () => chance().uuid(),
      hash: hashOf,
    };
    const options = { microtaskMode: "afterEvaluate", codeGeneration: { strings: false, wasm: false } } as const;
    this.#context = createContext({ host, given: this.#given }, options);
    for (const script of scripts) script.runInContext(this.#context);
  }

  run(script: Script, text: string, bindings: string, isTimed: boolean): Answer {
    this.#given.text = text;
    this.#given.bindings = bindings;
    this.#answer = undefined;
    script.runInContext(this.#context, isTimed ? { timeout: TIME_LIMIT_MS } : {});
    return this.#answer ?? { kind: "problem", text: ": The evaluation did not end" };
  }
}

let sandbox: Sandbox | undefined;

/** Evaluates an expression whose syntax is known to be good. `bindings` is a JSON object: each member is a variable. */
export function runJsonata(text: string, bindings: string, isTimed: boolean): Answer {
  try {
    return withinTime(() => runOnce(text, bindings, isTimed));
  } catch (error) {
    if (isTimeout(error)) return { kind: "timeout", text: "" };
    return { kind: "problem", text: `: ${messageOf(error)}` };
  }
}

function runOnce(text: string, bindings: string, isTimed: boolean): Answer {
  sandbox ??= new Sandbox();
  try {
    return sandbox.run(evaluation, text, bindings, isTimed);
  } catch (error) {
    // What was cut off may have left anything behind, so the next evaluation begins in a fresh context.
    sandbox = undefined;
    throw error;
  }
}

/** What the guest's `inspect` says of an expression, as JSON. */
export function inspectJsonata(text: string): Answer {
  sandbox ??= new Sandbox();
  return sandbox.run(inspection, text, "{}", false);
}

function sourceBeside(name: string): string {
  return readFileSync(new URL(`./${name}`, import.meta.url), "utf8");
}
