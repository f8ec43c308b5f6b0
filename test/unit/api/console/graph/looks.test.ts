import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const css = readFileSync(new URL("../../../../../api/pages/assets/graph.css", import.meta.url), "utf8");

type Colour = readonly number[];

/** The values that the drawing's colours have where the page has none, of the first or the second list of them. */
function coloursOf(list: number): (name: string) => Colour {
  const found = [...css.matchAll(/--graph-(\w+): var\(--\w+, #(\w{6})\)/g)];
  const half = found.slice(list * (found.length / 2), (list + 1) * (found.length / 2));
  const colours = new Map(half.map(([, name = "", hex = ""]) => [name, [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))]));
  return (name) => colours.get(name) ?? assert.fail(name);
}

const mixed = (share: number, one: Colour, other: Colour) => one.map((part, index) => part * share + (other[index] ?? 0) * (1 - share));

/** As WCAG 2 reckons it. */
function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [one, other].map(luminance).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("The looks of a drawn execution", () => {
  const [, tint = "0"] = /color-mix\(in srgb, var\(--standing\) (\d+)%/.exec(css) ?? [];

  for (const [list, name] of ["light", "dark"].entries()) {
    it(`can be read in ${name}: text by 4.5 to 1, marks and lines by 3 to 1`, () => {
      const colour = coloursOf(list);
      for (const standing of ["running", "succeeded", "failed", "caught", "stopped"]) {
        const box = mixed(Number(tint) / 100, colour(standing), colour("paper"));
        for (const text of ["ink", "faint"]) assert.ok(contrast(colour(text), box) >= 4.5, `${text} on ${standing}`);
        assert.ok(contrast(colour(standing), colour("paper")) >= 3, `the mark of ${standing}`);
      }
      for (const text of ["ink", "faint"]) assert.ok(contrast(colour(text), colour("paper")) >= 4.5, text);
      assert.ok(contrast(colour("line"), colour("paper")) >= 3, "lines");
    });
  }
});
