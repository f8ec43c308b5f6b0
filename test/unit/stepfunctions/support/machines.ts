import fc from "fast-check";
import type { JsonObject } from "../../../../local/json.ts";
import { QUEUE, SEND } from "./world.ts";

/** Random machines of all state types, for courses that must be the same in several ways of running them. */

/** The errors that tasks of random machines fail with, which some of them retry: as AWS names what SQS refuses a message with. */
export const RED = "SQS.OverLimitException";
export const BLUE = "SQS.AmazonSQSException";

/** How one task after another is answered: by an output, an error, or not at all. */
export const answers = fc.array(fc.constantFrom("good", "none", RED, BLUE), { minLength: 1, maxLength: 8 });

/** What random machines are started with: their Maps' items. */
export const INPUT: JsonObject = { items: [1, 2, 3] };

/** A machine whose Parallels and Maps lie within each other at most `depth` deep. */
export function machines(depth: number): fc.Arbitrary<JsonObject> {
  return table(depth, "s");
}

const seconds = fc.integer({ min: 0, max: 5 });
const retry = fc.array(
  fc.record({
    ErrorEquals: fc.constantFrom([RED], [BLUE], ["States.ALL"]),
    IntervalSeconds: fc.integer({ min: 1, max: 3 }),
    MaxAttempts: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 1 },
);

function json(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

type Leaf = { state: JsonObject };

function task(resource: string, parameters: JsonObject): fc.Arbitrary<{ state: object }> {
  return fc.record({
    state: fc.record({
      Type: fc.constant("Task"),
      Resource: fc.constant(resource),
      Parameters: fc.constant(parameters),
      TimeoutSeconds: fc.integer({ min: 1, max: 9 }),
      Retry: retry,
    }),
  });
}

const leaf: fc.Arbitrary<Leaf> = fc
  .oneof(
    fc.record({ state: fc.record({ Type: fc.constant("Pass"), Parameters: fc.constant({ "was.$": "$" }) }) }),
    fc.record({ state: fc.record({ Type: fc.constant("Wait"), Seconds: seconds }) }),
    task(SEND, { QueueUrl: QUEUE, MessageBody: "plain" }),
    task(`${SEND}.waitForTaskToken`, { QueueUrl: QUEUE, "MessageBody.$": "$$.Task.Token" }),
  )
  .map(({ state }) => ({ state: json(state) }));

/** A table of one to four states in a row, some of them Parallels or Maps of smaller tables. */
function table(depth: number, prefix: string): fc.Arbitrary<JsonObject> {
  const inner = depth === 0 ? leaf : fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: container(depth, prefix) });
  return fc.array(inner, { minLength: 1, maxLength: 4 }).map((states) => chain(states, prefix));
}

function container(depth: number, prefix: string): fc.Arbitrary<Leaf> {
  const parallel = fc
    .tuple(table(depth - 1, `${prefix}a`), table(depth - 1, `${prefix}b`), retry)
    .map(([a, b, retriers]) => ({ state: json({ Type: "Parallel", Branches: [a, b], Retry: retriers }) }));
  const map = fc.tuple(table(depth - 1, `${prefix}m`), fc.integer({ min: 0, max: 3 }), retry).map(([processor, limit, retriers]) => ({
    state: json({
      Type: "Map",
      ItemsPath: "$$.Execution.Input.items",
      MaxConcurrency: limit,
      ItemProcessor: processor,
      Retry: retriers,
    }),
  }));
  return fc.oneof(parallel, map);
}

function chain(leaves: readonly Leaf[], prefix: string): JsonObject {
  const names = leaves.map((_, index) => `${prefix}${index}`);
  const states = leaves.map(({ state }, index) => {
    const next = names[index + 1];
    return [
      names[index] ?? "",
      rename({ ...state, ...(next === undefined ? { End: true } : { Next: next }) }, names[index] ?? ""),
    ] as const;
  });
  return { StartAt: names[0] ?? "", States: Object.fromEntries(states) };
}

/** State names are unique in a machine: those below a container get its name before theirs. */
function rename(state: JsonObject, name: string): JsonObject {
  const text = JSON.stringify(state, (key, value: unknown) => {
    if (key === "States" && typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([inner, member]) => [`${name}.${inner}`, member]));
    return (key === "StartAt" || key === "Next") && value !== state.Next ? `${name}.${String(value)}` : value;
  });
  return JSON.parse(text) as JsonObject;
}
