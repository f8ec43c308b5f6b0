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
