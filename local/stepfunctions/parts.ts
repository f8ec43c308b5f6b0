import type { Store } from "../store.ts";
import type { Engine } from "./engine.ts";
import type { Executions } from "./executions.ts";
import type { Machines } from "./machines/machines.ts";
import type { Tokens } from "./tokens.ts";

/** What the operations on executions work with. */
export interface Parts {
  readonly store: Store;
  readonly machines: Machines;
  readonly executions: Executions;
  readonly engine: Engine;
  readonly tokens: Tokens;
  now(): number;
}
