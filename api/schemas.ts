/** Schemas that more than one operation uses: they check what comes, and describe what goes. */
import { z } from "zod";

const ID = /^[A-Za-z0-9_-]{1,48}$/;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

export const recordId = z.string().regex(ID, "must be 1 to 48 of A–Z, a–z, 0–9, _ and -");

/** A line that a person wrote: without spaces around it, and without characters that could mislead whoever reads a log. */
export const line = (least: number, most: number) =>
  z
    .string({ error: "must be a text" })
    .trim()
    .min(least, `must have at least ${least} character${least === 1 ? "" : "s"}`)
    .max(most, `must have at most ${most} characters`)
    .refine((text) => !CONTROL.test(text), "must have no control characters and no line breaks");

/** In a query all values are texts, and one that is given twice is a list. */
export const parameter = z.string({ error: "must be given once" });

export const limit = (most: number, usual: number) =>
  parameter
    .regex(/^[0-9]{1,4}$/, `must be a whole number from 1 to ${most}`)
    .transform(Number)
    .refine((value) => value >= 1 && value <= most, `must be a whole number from 1 to ${most}`)
    .default(usual);

export const pageToken = parameter.max(1_024, "is no page token");

export const moment = z.iso.datetime();

export const historyEntry = z.object({
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
