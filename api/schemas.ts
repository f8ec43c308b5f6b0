/** Schemas that more than one operation uses: they check what comes, and describe what goes. */
import { z } from "zod";

export { line, prose, recordId } from "../domain/forms.ts";

/** In a query all values are texts, and one that is given twice is a list. */
export const parameter = z.string({ error: "must be given once" });

export const limit = (most: number, usual: number) =>
  parameter
    .regex(/^[0-9]{1,4}$/, `must be a whole number from 1 to ${most}`)
    .transform(Number)
    .refine((value) => value >= 1 && value <= most, { error: `must be a whole number from 1 to ${most}`, params: { rule: "range" } })
    .default(usual);

export const pageToken = parameter.max(1_024, "is no page token");

export const moment = z.iso.datetime();

export const historyEntry = z.strictObject({
  eventId: z.string(),
  version: z.int(),
  from: z.string().nullable(),
  to: z.string(),
  note: z.string().optional(),
  changedAt: moment,
  notifiedAt: moment,
  changeId: z.string(),
  type: z.string(),
  failure: z.string().optional(),
});
