import type { JsonObject } from "../../json.ts";
import type { Context, Fields } from "./fields.ts";
import { checkTemplate } from "./payload.ts";

/** ResultSelector of Task, Parallel and Map: a template over the raw result. */
export function readResultSelector(context: Context, fields: Fields): JsonObject | undefined {
  const selector = fields.object("ResultSelector");
  if (selector !== undefined) checkTemplate(context, selector, fields.place("ResultSelector"));
  return selector;
}
