/** What the console's operations are made of. */
import type { SFNClient } from "@aws-sdk/client-sfn";
import { z } from "zod";
import type { Cursors } from "../cursors.ts";
import type { Operation } from "../operation.ts";
import type { ApiKind } from "../records.ts";
import type { OverviewParts } from "./overview.ts";
import type { Sessions } from "./session.ts";

export interface ConsoleParts extends OverviewParts {
  readonly sessions: Sessions;
  readonly sfn: SFNClient;
  readonly cursors: Cursors;
  /** The API's own. */
  readonly operations: readonly Operation[];
}

export function namesOf({ kinds }: Pick<ConsoleParts, "kinds">): string[] {
  return kinds.map(({ ledger }) => ledger.kind.name);
}

/** A request's id, as the description's examples have it. */
export const EXAMPLE_ID = "5f0c6a3e-8d1b-4c57-9a63-2f7be41d0c9a";

/** The name of a kind that is served here. */
export function kindIn(parts: ConsoleParts) {
  const names = namesOf(parts) as [string, ...string[]];
  return z.enum(names, { error: `must be one of ${names.join(", ")}` });
}

export function kindOf({ kinds }: ConsoleParts, name: string): ApiKind {
  const found = kinds.find(({ ledger }) => ledger.kind.name === name);
  if (found === undefined) throw new Error(`The schema let ${name} through.`);
  return found;
}
