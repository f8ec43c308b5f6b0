/**
 * `npm run licences`: writes docs/licences.md anew, which names the licence of every package that runs with Milepost, by
 * package-lock.json. A licence that nobody has judged yet ends it, so that none comes in unseen.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const ROOT = join(import.meta.dirname, "..");
const PAGE = join(ROOT, "docs", "licences.md");

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
    }),
  ),
});

export interface Licensed {
  readonly name: string;
  readonly licence: string;
  /** Where it is installed, below the project's directory, and which version that should be. */
  readonly path: string;
  readonly version: string;
}

/** Packages whose lockfile entry names no licence by its usual name; what the licence file in each of them says. */
export const READ_BY_HAND: Readonly<Record<string, string>> = {
  "@logdna/tail-file": "MIT",
  decko: "MIT",
  stickyfill: "MIT",
  "url-template": "BSD-3-Clause",
};

/** Licences that ask for no more than their own text and the names in it to be kept. */
const PERMISSIVE = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "(BSD-3-Clause AND Apache-2.0)",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Python-2.0",
];

/** The others, and what each means for whoever uses Milepost. */
const TO_NOTE: Readonly<Record<string, string>> = {
  "(MPL-2.0 OR Apache-2.0)": "one may choose: taken under Apache-2.0, which is permissive",
  "CC-BY-3.0": "a list of names as data, not a program: whoever passes it on names its authors",
  "CC0-1.0": "given to the public: it asks for nothing",
};

/** Every package that is installed for production, by its name and its place in the lockfile. */
export function readLicences(text: string): Licensed[] {
  const { packages } = lockfile.parse(JSON.parse(text));
  return Object.entries(packages).flatMap(([path, { version = "", license, dev, devOptional }]) => {
    if (path === "" || dev === true || devOptional === true) return [];
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const licence = READ_BY_HAND[name] ?? license ?? "";
    if (!PERMISSIVE.includes(licence) && TO_NOTE[licence] === undefined)
      throw new Error(
        `${name} ${version} has the licence ${JSON.stringify(licence)}, which nobody has judged yet: see scripts/licences.ts.`,
      );
    return [{ name, licence, path, version }];
  });
}

/** The page: what there is of each licence, what is to be noted, and then package by package. */
export function describeLicences(all: readonly Licensed[]): string {
  const rows = new Map(all.map(({ name, licence }) => [`| ${name} | ${licence} |`, licence]));
  const names = [...new Set(rows.values())].sort();
  const countOf = (licence: string) => [...rows.values()].filter((one) => one === licence).length;
  return `# Licences

Milepost's own is [MIT](../LICENSE). This page is written by \`npm run licences\` from \`package-lock.json\`, and
\`test/unit/licences.test.ts\` holds it against that and against what is installed. It has every package that runs with Milepost;
those that only its development needs are left out. None of them is under a licence that binds what uses it.
\`npm run --silent sbom\` prints the same packages with their versions, hashes and what each of them needs, as a list in CycloneDX
(\`scripts/sbom.ts\`), for whoever watches for known holes in them.

| licence | packages | |
|---|---|---|
${names.map((licence) => `| ${licence} | ${countOf(licence)} | ${TO_NOTE[licence] ?? "permissive"} |`).join("\n")}

Of these the lockfile does not name the licence, or not by its usual name; it was read in the package's own licence file:
${Object.keys(READ_BY_HAND).join(", ")}.

| package | licence |
|---|---|
${[...rows.keys()].sort().join("\n")}
`;
}

if (import.meta.main) {
  writeFileSync(PAGE, describeLicences(readLicences(readFileSync(join(ROOT, "package-lock.json"), "utf8"))));
  console.log(`Written: ${PAGE}`);
}
