/** What texts must be that come from outside, by whichever way: checked where they come in, before anything is made of them. */
import { z } from "zod";

const ID = /^[A-Za-z0-9_-]{1,48}$/;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
/** Line breaks and tabs are left to a text of several lines; U+FFFE and U+FFFF no queue takes. */
const CONTROL_IN_PROSE = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]/u;

export const recordId = z.string({ error: "must be a text" }).regex(ID, "must be 1 to 48 of A–Z, a–z, 0–9, _ and -");

/**
 * The same rules as patterns that every JSON Schema can say, for whoever reads the API's description: what may stand around a
 * line is dropped. U+FFFD is what bytes become that were no UTF-8.
 */
const BLANK = "\\t-\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";
const NOT_IN_LINE = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\ufffd";
const LINE_PATTERN = `^[${BLANK}]*[^${BLANK}${NOT_IN_LINE}]([^${NOT_IN_LINE}]*[^${BLANK}${NOT_IN_LINE}])?[${BLANK}]*$`;
const PROSE_PATTERN = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\ufffd-\\uffff]*$";

const written = z.string({ error: "must be a text" }).refine((text) => text.isWellFormed(), {
  error: "must be Unicode without half characters",
  params: { rule: "unicode" },
});

/** A line that a person wrote: without spaces around it, and without characters that could mislead whoever reads a log. */
export const line = (least: number, most: number) =>
  written
    .refine((text) => lengthOf(text) <= most, { error: `must have at most ${most} characters`, params: { rule: "max" } })
    .trim()
    .min(least, `must have at least ${least} character${least === 1 ? "" : "s"}`)
    .refine((text) => !CONTROL.test(text), { error: "must have no control characters and no line breaks", params: { rule: "characters" } })
    .meta({ maxLength: most, pattern: LINE_PATTERN });

/** What a person wrote, in lines. */
export const prose = written
  .refine((text) => !CONTROL_IN_PROSE.test(text), {
    error: "must have no control characters other than tabs and line breaks",
    params: { rule: "characters" },
  })
  .meta({ pattern: PROSE_PATTERN });

/** Characters as Unicode and JSON Schema count them: what JavaScript keeps as two halves is one. */
export function lengthOf(text: string): number {
  return [...text].length;
}
