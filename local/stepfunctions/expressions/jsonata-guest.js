/*
 * This script runs inside the JSONata sandbox (see jsonata-sandbox.ts), after the library's source. It sees the library as
 * `jsonata` and the functions given by the outside as `host`; nothing else. Values cross as JSON text.
 */

/** AWS's bounds: an expression may nest 100 levels, and no value it makes may hold more than this many bytes. */
const DEPTH_MAX = 100;
const VALUE_BYTES_MAX = 6_990_256;
const SCALAR_BYTES = 8;
const RANGE_MAX = 360_145;
/** What all values made in one evaluation may hold together, counted as they are made. Ours: AWS bounds its process. */
const TOTAL_BYTES_MAX = 64 * VALUE_BYTES_MAX;

const MEMORY_EXCEEDED = ": Expression evaluation memory limit exceeded: Check for excessive memory usage";

const compiled = new Map();
const COMPILED_MAX = 1_000;

let bytesMade = 0;

globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length === 0 ? [host.now()] : given));
  }
  static now() {
    return host.now();
  }
};
Math.random = () => host.random();

/** Evaluates and answers once: through the promise, which is settled before the run of the script ends. */
function evaluate(text, bindingsText) {
  bytesMade = 0;
  compile(text).evaluate(undefined, JSON.parse(bindingsText)).then(answerValue).catch(answerProblem);
}

function compile(text) {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const expression = jsonata(text, { stack: DEPTH_MAX, sequence: VALUE_BYTES_MAX / SCALAR_BYTES });
  expression.assign(Symbol.for("jsonata.__evaluate_exit"), boundMemory);
  expression.assign("eval", undefined);
  for (const [name, run] of Object.entries(extraFunctions)) expression.registerFunction(name, run, "<x?x?x?x?:x>");
  expression.registerFunction("pad", pad, "<s-ns?:s>");
  if (compiled.size >= COMPILED_MAX) compiled.delete(compiled.keys().next().value);
  compiled.set(text, expression);
  return expression;
}

function answerValue(value) {
  if (value === undefined) host.answer("undefined", "");
  else if (isFunction(value)) host.answer("function", "");
  else host.answer("value", JSON.stringify(value, asJson));
}

/** AWS writes numbers that JSON cannot hold by their names; a function inside a value has no JSON at all. */
function asJson(_name, value) {
  if (isFunction(value)) throw { unsupported: true };
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function isFunction(value) {
  return typeof value === "function" || Boolean(value && (value._jsonata_lambda === true || value._jsonata_function === true));
}

function answerProblem(problem) {
  if (problem?.unsupported) host.answer("function", "");
  else host.answer("problem", describe(problem));
}

/** A coded problem is a sentence of its own, any other continues AWS's sentence. `said` is what AWS says word for word. */
function describe(problem) {
  const code = problem?.code;
  if (problem?.said !== undefined) return problem.said;
  if (code === "D1011") return ": Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive";
  if (code === "D2015" || problem instanceof RangeError) return MEMORY_EXCEEDED;
  return code === undefined ? `: ${problem?.message ?? problem}` : `. ${code}: ${problem.message}`;
}

/** Called after every step of an evaluation with the value it made. */
function boundMemory(_expression, _input, _environment, value) {
  if (typeof value === "string") countBytes(value.length);
  else if (Array.isArray(value)) countBytes(value.length * SCALAR_BYTES);
}

function countBytes(bytes) {
  bytesMade += bytes;
  if (bytes > VALUE_BYTES_MAX || bytesMade > TOTAL_BYTES_MAX) throw { said: MEMORY_EXCEEDED };
}

/** The functions AWS adds to the language. A missing argument is undefined; fractions are cut off. */
const extraFunctions = {
  partition(items, size, ...surplus) {
    refuseSurplus("partition", 3, surplus);
    if (items === undefined) return undefined;
    if (!Array.isArray(items)) throw { said: '. T0412: Argument 1 of function "partition" must be an array of undefined' };
    if (items.length === 0) return undefined;
    if (size === undefined) return [items];
    const step = whole(size, "partition", 2);
    if (step < 0) throw { code: "D3137", message: "Second argument must be zero or greater" };
    if (step === 0) return undefined;
    const parts = [];
    for (let at = 0; at < items.length; at += step) parts.push(items.slice(at, at + step));
    return parts;
  },

  range(first, last, step, ...surplus) {
    refuseSurplus("range", 4, surplus);
    const from = whole(first, "range", 1);
    const to = whole(last, "range", 2);
    if (step === undefined) return undefined;
    const by = whole(step, "range", 3);
    if (by === 0 || (to - from) * by < 0) return undefined;
    const length = Math.floor((to - from) / by) + 1;
    if (length > RANGE_MAX) throw { said: MEMORY_EXCEEDED };
    if (length === 1) return from;
    return Array.from({ length }, (_, index) => from + index * by);
  },

  hash(text, algorithm, ...surplus) {
    refuseSurplus("hash", 3, surplus);
    if (typeof text !== "string") throw wrongArgument("hash", 1);
    if (algorithm === undefined) return undefined;
    if (typeof algorithm !== "string") throw wrongArgument("hash", 2);
    const digest = host.hash(text, algorithm);
    if (digest !== undefined) return digest;
    throw { code: "D3137", message: `Hash algorithm '${algorithm}' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5` };
  },

  random(seed, ...surplus) {
    refuseSurplus("random", 2, surplus);
    return seed === undefined ? host.random() : host.seededRandom(whole(seed, "random", 1));
  },

  uuid(...surplus) {
    refuseSurplus("uuid", 1, surplus);
    return host.uuid();
  },

  parse(text, ...surplus) {
    refuseSurplus("parse", 2, surplus);
    if (text === undefined) return undefined;
    if (typeof text !== "string") throw wrongArgument("parse", 1);
    try {
      return JSON.parse(text);
    } catch {
      throw { code: "D3137", message: "Invalid JSON" };
    }
  },
};

function whole(value, name, index) {
  if (typeof value !== "number") throw wrongArgument(name, index);
  return Math.trunc(value) || 0;
}

function refuseSurplus(name, index, surplus) {
  if (surplus.some((argument) => argument !== undefined)) throw wrongArgument(name, index);
}

function wrongArgument(name, index) {
  return { code: "T0410", index, token: name };
}

/** The library's $pad, with its length bounded before the text is made. */
function pad(text, width, filler) {
  if (text === undefined) return undefined;
  const characters = Array.from(text);
  const missing = Math.abs(width) - characters.length;
  if (missing <= 0) return text;
  countBytes(Math.abs(width));
  const fill = Array.from(filler || " ");
  const padding = Array.from({ length: Math.floor(missing) }, (_, index) => fill[index % fill.length]).join("");
  return width > 0 ? text + padding : padding + text;
}

globalThis.evaluate = evaluate;
