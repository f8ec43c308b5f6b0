/** Schemas that more than one operation uses: they check what comes, and describe what goes. */
import { z } from "zod";
import { isNote } from "../domain/event.ts";
import { lengthOf, prose } from "../domain/forms.ts";
import { NOTE_BYTES_MAX } from "../domain/limits.ts";

export { line, prose, recordId } from "../domain/forms.ts";

/** What is said of a change. In UTF-8 a character has up to four bytes. */
export const note = prose
  .refine(isNote, { error: `must have at most ${NOTE_BYTES_MAX} bytes`, params: { rule: "bytes" } })
  .meta({ maxLength: NOTE_BYTES_MAX, description: `At most ${NOTE_BYTES_MAX} bytes in UTF-8` });

/** What a person wrote, in lines, up to a length. */
export const text = (most: number) =>
  prose
    .refine((given) => lengthOf(given) <= most, { error: `must have at most ${most} characters`, params: { rule: "max" } })
    .meta({ maxLength: most });

/** In a query all values are texts, and one that is given twice is a list. */
export const parameter = z.string({ error: "must be given once" });

export const limit = (most: number, usual: number) =>
  parameter
    .regex(/^[0-9]{1,4}$/, `must be a whole number from 1 to ${most}`)
    .transform(Number)
    .refine((value) => value >= 1 && value <= most, { error: `must be a whole number from 1 to ${most}`, params: { rule: "range" } })
    .default(usual)
    .meta({ type: "integer", minimum: 1, maximum: most, pattern: undefined, description: `By default ${usual}` });

/** The request that the examples speak of. */
export const EXAMPLE_ID = "5f0c6a3e-8d1b-4c57-9a63-2f7be41d0c9a";

/** As one looks, where an example is to show it. */
export const PAGE_TOKEN = "mfz2k8p4.NDA.kS0hT7qHk1m3wX8uYb5vCq2nRz9dLe4fGj6aPo0iMtE";

export const pageToken = parameter
  .max(1_024, "is no page token")
  .meta({ description: "The `next_page_token` of the page before; good for that list and for a day", examples: [PAGE_TOKEN] });

export const moment = z.iso.datetime();

export const historyEntry = z
  .strictObject({
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
  })
  .meta({ id: "HistoryEntry" });
