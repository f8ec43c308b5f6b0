import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const assets = new URL("../../../../../api/pages/assets/", import.meta.url);
const css = readFileSync(new URL("graph.css", assets), "utf8");
const page = readFileSync(new URL("milepost.css", assets), "utf8");

type Colour = readonly number[];

/** The custom properties of a stylesheet, where it is light or where it is dark. */
function propertiesOf(sheet: string, scheme: string): Map<string, string> {
  const dark = sheet.indexOf("@media (prefers-color-scheme: dark)");
  const until = (from: number) => sheet.indexOf("\n}", from);
  const parts = [sheet.slice(0, dark), scheme === "dark" ? sheet.slice(dark, until(dark)) : ""];
  return new Map(
    parts.flatMap((part) => [...part.matchAll(/--([\w-]+): ([^;]+);/g)].map(([, name = "", value = ""]) => [name, value] as const)),
  );
}

/** What a drawing's colour is, on a page with these properties. */
function colourOf(name: string, properties: ReadonlyMap<string, string>): Colour {
  const value = properties.get(name) ?? assert.fail(`--${name} is not there`);
  const [, hex] = /^#(\w{6})$/.exec(value) ?? [];
  if (hex !== undefined) return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const [, one = "", share, other = ""] = /^color-mix\(in srgb, var\(--([\w-]+)\) (\d+)%, var\(--([\w-]+)\)\)$/.exec(value) ?? [];
  if (share !== undefined) return mixed(Number(share) / 100, colourOf(one, properties), colourOf(other, properties));
  const [, wanted = "", instead = ""] = /^var\(--([\w-]+)(?:, (.+))?\)$/.exec(value) ?? [];
  return colourOf(wanted, properties.has(wanted) ? properties : new Map([...properties, [wanted, instead]]));
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

  for (const scheme of ["light", "dark"]) {
    for (const [where, sheet] of [["on our pages", page] as const, ["by itself", ""] as const]) {
      it(`can be read ${where} in ${scheme}: text by 4.5 to 1, marks and lines by 3 to 1`, () => {
        const properties = new Map([...propertiesOf(css, scheme), ...propertiesOf(sheet, scheme)]);
        const colour = (name: string) => colourOf(`graph-${name}`, properties);
        for (const standing of ["running", "succeeded", "failed", "caught", "soft"]) {
          const box = mixed(Number(tint) / 100, colour(standing), colour("paper"));
          for (const text of ["ink", "soft"]) assert.ok(contrast(colour(text), box) >= 4.5, `${text} on ${standing}`);
          assert.ok(contrast(colour(standing), colour("paper")) >= 3, `the mark of ${standing}`);
        }
        for (const text of ["ink", "soft"]) assert.ok(contrast(colour(text), colour("paper")) >= 4.5, text);
        assert.ok(contrast(colour("line"), colour("paper")) >= 3, "lines");
      });
    }
  }
});
