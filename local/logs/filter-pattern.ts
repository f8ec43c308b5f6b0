import { invalidParameter } from "./input.ts";

/**
 * A filter pattern of words: `error timeout` wants both, `?error ?timeout` either, `error -timeout` the first without the
 * second, and quotes hold a phrase together. Patterns over fields, as `{ $.level = "error" }`, are refused.
 */
export function readPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (/^[{[%]/.test(text)) throw invalidParameter("The embedded endpoint covers filter patterns of words and phrases only.");
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(([, sign = "", phrase, word]) => ({
    sign,
    text: phrase?.replace(/\\(.)/g, "$1") ?? word ?? "",
  }));
  const wanted = terms.filter(({ sign }) => sign === "");
  const unwanted = terms.filter(({ sign }) => sign === "-");
  const either = terms.filter(({ sign }) => sign === "?");
  return (message) =>
    wanted.every((term) => message.includes(term.text)) &&
    !unwanted.some((term) => message.includes(term.text)) &&
    (either.length === 0 || wanted.length > 0 || either.some((term) => message.includes(term.text)));
}
