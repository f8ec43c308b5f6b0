/** What texts must be that come from outside, by whichever way: checked where they come in, before anything is made of them. */
import { z } from "zod";

const ID = /^[A-Za-z0-9_-]{1,48}$/;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;
/** Line breaks and tabs are left to a text of several lines; U+FFFE and U+FFFF no queue takes. */
const CONTROL_IN_PROSE = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]/u;

export const recordId = z.string().regex(ID, "must be 1 to 48 of A–Z, a–z, 0–9, _ and -");

const written = z.string({ error: "must be a text" }).refine((text) => text.isWellFormed(), {
  error: "must be Unicode without half characters",
  params: { rule: "unicode" },
});

/** A line that a person wrote: without spaces around it, and without characters that could mislead whoever reads a log. */
export const line = (least: number, most: number) =>
  written
    .trim()
    .min(least, `must have at least ${least} character${least === 1 ? "" : "s"}`)
    .max(most, `must have at most ${most} characters`)
    .refine((text) => !CONTROL.test(text), { error: "must have no control characters and no line breaks", params: { rule: "characters" } });

/** What a person wrote, in lines. */
export const prose = written.refine((text) => !CONTROL_IN_PROSE.test(text), {
  error: "must have no control characters other than tabs and line breaks",
  params: { rule: "characters" },
});
