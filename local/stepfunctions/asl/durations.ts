import { isJsonata } from "../expressions/jsonata.ts";
import type { Context, Fields, Range } from "./fields.ts";
import { readReferencePath } from "./paths.ts";
import { checkJsonataText } from "./payload.ts";
import type { Seconds } from "./program.ts";

export const SECONDS_MAX = 99_999_999;

/** A number of a state: written out, read by a path (`<name>Path`), or computed by a JSONata expression. */
export type Quantity = { value: number } | { path: string } | { jsonata: string };

export function readQuantity(
  context: Context,
  fields: Fields,
  name: string,
  kind: "integer" | "number",
  range: Range,
): Quantity | undefined {
  const given = fields.atMostOne([name, `${name}Path`]);
  if (given === undefined) return undefined;
  if (given !== name) return { path: readReferencePath(fields, given) ?? "$" };
  const text = fields.get(name);
  if (context.language === "JSONata" && typeof text === "string" && isJsonata(text)) {
    checkJsonataText(context.report, text, fields.place(name));
    return { jsonata: text };
  }
  return { value: fields[kind](name, range) ?? range.min };
}

export function readSeconds(context: Context, fields: Fields, name: string, min: number): Seconds | undefined {
  const quantity = readQuantity(context, fields, name, "integer", { min, max: SECONDS_MAX });
  return quantity !== undefined && "value" in quantity ? { seconds: quantity.value } : quantity;
}
