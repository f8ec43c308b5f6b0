/**
 * How wide a text will be, without a browser to ask: an upper estimate for the sans-serif fonts that systems have, so that
 * what is fitted by it fits in all of them.
 */

const NARROW = /[ijlI|'.,:;!()[\]{}]/;
const WIDE = /[mwMW@%—…]/;
const PLAIN = /[\u0020-\u024F\u0370-\u04FF]/;

/** The width of one character, as a share of the font's size. */
function share(character: string): number {
  if (NARROW.test(character)) return 0.36;
  if (WIDE.test(character)) return 0.98;
  if (!PLAIN.test(character)) return 1.1;
  return /[A-Z0-9_$&=<>≤≥~+]/.test(character) ? 0.72 : 0.6;
}

export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const character of text) width += share(character) * fontSize;
  return Math.ceil(width);
}

/** The text, or as much of its beginning as fits, with an ellipsis. */
export function fitted(text: string, fontSize: number, width: number): string {
  if (textWidth(text, fontSize) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (textWidth(`${kept}${character}…`, fontSize) > width) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}
