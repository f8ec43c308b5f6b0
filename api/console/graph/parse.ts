/**
 * A state machine's definition as a graph: its states, and the ways from one to the next.
 *
 * What a Parallel or a Map holds are graphs of their own inside it, at any depth. A definition that cannot be read, or that
 * nobody could survey, gives undefined; nothing here throws.
 */
import { z } from "zod";
import { conditionOf } from "./conditions.ts";

export interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

/** Only the outermost graph has marks; inside a Parallel or Map, being first or last is enough. */
export type Node = { readonly kind: "start" } | { readonly kind: "end" } | State;

export interface State {
  readonly kind: "state";
  readonly name: string;
  readonly type: string;
  /** What a Task calls, and what the definition's author says of the state. */
  readonly notes: readonly string[];
  readonly inside: readonly Graph[];
}

/** A way between two nodes, which are named by their place in the list. There is one at most from any node to any other. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly kind: "next" | "choice" | "catch";
  readonly label?: string;
}

/** More cannot be surveyed on a screen, and the time a drawing takes grows faster than its size. */
//x
const STATES_MAX = 100;
const DEPTH_MAX = 20;

const TYPES = ["Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"];
const table = z.object({ StartAt: z.string(), States: z.record(z.string(), z.unknown()) });
const state = z.object({
  Type: z.enum(TYPES),
  Comment: z.string().optional(),
  Resource: z.string().optional(),
  Next: z.string().optional(),
  Default: z.string().optional(),
  Choices: z.array(z.looseObject({ Next: z.string() })).default([]),
  Catch: z.array(z.object({ ErrorEquals: z.array(z.string()), Next: z.string() })).default([]),
  Branches: z.array(z.unknown()).optional(),
  ItemProcessor: z.unknown().optional(),
  Iterator: z.unknown().optional(),
});
type Definition = z.infer<typeof state>;

class Unreadable extends Error {}

export function parseGraph(definition: string): Graph | undefined {
  try {
    const graph = graphOf(JSON.parse(definition), 0);
    return statesIn(graph).length > STATES_MAX ? undefined : graph;
  } catch (error) {
    if (error instanceof Unreadable || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** All states of a graph, those inside others behind them. */
export function statesIn(graph: Graph): State[] {
  return graph.nodes.flatMap((node) => (node.kind === "state" ? [node, ...node.inside.flatMap(statesIn)] : []));
}

function graphOf(given: unknown, depth: number): Graph {
  if (depth > DEPTH_MAX) throw new Unreadable();
  const { StartAt, States } = read(table, given);
  const definitions = Object.entries(States).map(([name, value]) => [name, read(state, value)] as const);
  const states = definitions.map(([name, definition]) => stateOf(name, definition, depth));
  const outermost = depth === 0;
  const first = outermost ? 1 : 0;
  const places = new Map(states.map(({ name }, index) => [name, index + first]));
  const placeOf = (name: string) => places.get(name) ?? unreadable();
  const start = placeOf(StartAt);
  const edges = definitions.flatMap(([, definition], index) => edgesOf(definition, index + first, placeOf));
  if (!outermost) return { nodes: states, edges: merged(edges) };
  const end = states.length + first;
  const last = definitions.flatMap(([, definition], index) => (isLast(definition) ? [next(index + first, end)] : []));
  const ways = merged([next(0, start), ...edges, ...last]);
  return { nodes: [{ kind: "start" }, ...states, ...(last.length > 0 ? [{ kind: "end" } as const] : [])], edges: ways };
}

function stateOf(name: string, definition: Definition, depth: number): State {
  const { Type, Comment, Resource } = definition;
  const called = Resource?.replace(/^arn:[\w-]+:states:[\w-]*:\d*:/, "");
  const notes = [called, Comment].filter((note) => note !== undefined);
  return { kind: "state", name, type: Type, notes, inside: tablesIn(definition).map((inner) => graphOf(inner, depth + 1)) };
}

function tablesIn({ Type, Branches, ItemProcessor, Iterator: before }: Definition): readonly unknown[] {
  if (Type === "Parallel") return Branches ?? unreadable();
  if (Type === "Map") return [ItemProcessor ?? before];
  return [];
}

function edgesOf(definition: Definition, from: number, placeOf: (name: string) => number): Edge[] {
  const { Type, Next, Default, Choices, Catch } = definition;
  const edges: Edge[] = [];
  if (Type === "Choice") {
    for (const rule of Choices) edges.push({ from, to: placeOf(rule.Next), kind: "choice", label: conditionOf(rule) });
    if (Default !== undefined) edges.push({ from, to: placeOf(Default), kind: "choice", label: "default" });
  } else if (Next !== undefined) edges.push(next(from, placeOf(Next)));
  for (const { ErrorEquals, Next: to } of Catch) {
    edges.push({ from, to: placeOf(to), kind: "catch", label: ErrorEquals.map(errorName).join(", ") });
  }
  return edges;
}

const next = (from: number, to: number): Edge => ({ from, to, kind: "next" });

const isLast = ({ Type, Next }: Definition) => Type === "Succeed" || Type === "Fail" || (Type !== "Choice" && Next === undefined);

/** The names AWS has given are known by their last word. */
const errorName = (name: string) => (name === "States.ALL" ? "any error" : name.replace(/^States\./, ""));

/** Two ways between the same two nodes would lie upon each other, so they become one that bears both labels. */
function merged(edges: readonly Edge[]): Edge[] {
  const ways = new Map<string, Edge>();
  for (const edge of edges) {
    const key = `${edge.from} ${edge.to}`;
    const before = ways.get(key);
    const labels = [before?.label, edge.label].filter((label) => label !== undefined);
    const { label: _, ...way } = before ?? edge;
    ways.set(key, labels.length === 0 ? way : { ...way, label: labels.join("; ") });
  }
  return [...ways.values()];
}

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  return result.success ? result.data : unreadable();
}

function unreadable(): never {
  throw new Unreadable();
}
