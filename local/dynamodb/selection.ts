import type { JsonObject } from "../json.ts";
import { invalid, invalidParameter } from "./errors.ts";
import type { Path } from "./expressions/placeholders.ts";
import { type Index, projectedNames, type Table } from "./table.ts";

/** What a query or scan shows of the items it finds. */
export interface Selection {
  readonly countOnly: boolean;
  /** The attributes that the index has of an item; undefined for all. */
  readonly names: ReadonlySet<string> | undefined;
  /** The paths the caller asked for; undefined for all. */
  readonly paths: readonly Path[] | undefined;
}

export function selectionOf(input: JsonObject, table: Table, index: Index | undefined, paths: readonly Path[] | undefined): Selection {
  checkSelect(input, index, paths);
  const names = index === undefined ? undefined : projectedNames(table, index);
  const countOnly = input.Select === "COUNT";
  if (index === undefined || names === undefined) return { countOnly, names: undefined, paths };
  if (index.global) {
    if (input.Select === "ALL_ATTRIBUTES") {
      throw invalidParameter(
        `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
      );
    }
    const missing = (paths ?? []).map(([head]) => String(head)).filter((name) => !names.has(name));
    if (missing.length > 0) {
      throw invalidParameter(`Global secondary index ${index.name} does not project [${missing.join(", ")}]`);
    }
    return { countOnly, names, paths };
  }
  // A local index fetches from the table what it does not hold itself.
  const fetches = input.Select === "ALL_ATTRIBUTES" || (paths ?? []).some(([head]) => !names.has(String(head)));
  return { countOnly, names: fetches ? undefined : names, paths };
}

function checkSelect(input: JsonObject, index: Index | undefined, paths: readonly Path[] | undefined): void {
  const { Select: select } = input;
  const parameter = Array.isArray(input.AttributesToGet) ? "AttributesToGet" : "ProjectionExpression";
  if (select === "SPECIFIC_ATTRIBUTES" && paths === undefined) {
    throw invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
  }
  if (paths !== undefined && typeof select === "string" && select !== "SPECIFIC_ATTRIBUTES") {
    const wanted = select === "COUNT" ? "only the Count" : select;
    throw invalid(`Cannot specify the ${parameter} when choosing to get ${wanted}`);
  }
  if (select === "ALL_PROJECTED_ATTRIBUTES" && index === undefined) {
    throw invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
}
