/**
 * `npm run --silent sbom`: prints what Milepost is made of as a list in CycloneDX 1.5, from package-lock.json and nothing else:
 * every package that runs with it, with its version, hash, licence and what it needs itself. npm's own list (`npm sbom --omit
 * dev`) is not used, since it leaves out whatever development needs as well.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Licensed, readLicences } from "./licences.ts";

const LOCKFILE = join(import.meta.dirname, "..", "package-lock.json");

const names = z.record(z.string(), z.string()).default({});
const entry = z.object({
  integrity: z.string().optional(),
  optional: z.boolean().default(false),
  dependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
});
const lockfile = z.object({ name: z.string(), version: z.string(), packages: z.record(z.string(), entry) });
type Entry = z.infer<typeof entry>;

interface Component {
  readonly type: "library";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly scope: "required" | "optional";
  readonly purl: string;
  readonly hashes: readonly { readonly alg: "SHA-512"; readonly content: string }[];
  readonly licenses: readonly { readonly expression: string }[];
}

/** The list. A package that is installed in several places stands in it once. */
export function describeParts(text: string, serialNumber: string, at: Date) {
  const { name, version, packages } = lockfile.parse(JSON.parse(text));
  const parts = readLicences(text);
  const refs = new Map(parts.map((part) => [part.path, `${part.name}@${part.version}`]));
  const components = new Map<string, Component>();
  const needs = new Map<string, Set<string>>();
  for (const part of parts) {
    const component = componentOf(part, packages[part.path]);
    const isRequired = component.scope === "required" || !components.has(component["bom-ref"]);
    if (isRequired) components.set(component["bom-ref"], component);
  }
  const own = `${name}@${version}`;
  for (const [path, ref] of [["", own] as const, ...refs]) {
    const needed = neededBy(path, packages).flatMap((one) => refs.get(one) ?? []);
    needs.set(ref, (needs.get(ref) ?? new Set()).union(new Set(needed)));
  }
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: `urn:uuid:${serialNumber}`,
    version: 1,
    metadata: {
      timestamp: at.toISOString(),
      component: { type: "application", "bom-ref": own, name, version, licenses: [{ expression: "MIT" }] },
    },
    components: [...components.values()],
    dependencies: [...needs].map(([ref, needed]) => ({ ref, dependsOn: [...needed].sort() })),
  };
}

function componentOf({ name, version, licence }: Licensed, { integrity = "", optional }: Partial<Entry> = {}): Component {
  const [, hash = ""] = /^sha512-(\S+)$/.exec(integrity) ?? [];
  if (hash === "") throw new Error(`${name} ${version} has no SHA-512 in package-lock.json.`);
  return {
    type: "library",
    "bom-ref": `${name}@${version}`,
    name,
    version,
    scope: optional ? "optional" : "required",
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    hashes: [{ alg: "SHA-512", content: Buffer.from(hash, "base64").toString("hex") }],
    licenses: [{ expression: licence }],
  };
}

/** Where in the lockfile the packages are that the one at a path finds under the names it needs, as Node looks for them. */
function neededBy(path: string, packages: Readonly<Record<string, Entry>>): string[] {
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = packages[path] ?? {};
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }).flatMap((name) => {
    for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf("node_modules/") - 1))) {
      const found = `${from === "" ? "" : `${from}/`}node_modules/${name}`;
      if (packages[found] !== undefined) return [found];
      if (from === "") return [];
    }
  });
}

if (import.meta.main) {
  const list = describeParts(readFileSync(LOCKFILE, "utf8"), randomUUID(), new Date());
  process.stdout.write(`${JSON.stringify(list, undefined, 2)}\n`);
}
