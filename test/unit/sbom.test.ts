import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { describeParts } from "../../scripts/sbom.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const packages = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string(),
      integrity: z.string().default(""),
      dev: z.boolean().default(false),
      devOptional: z.boolean().default(false),
    }),
  ),
});
const manifest = z.object({ scripts: z.record(z.string(), z.string()), dependencies: z.record(z.string(), z.string()) });
const list = z.object({
  bomFormat: z.literal("CycloneDX"),
  specVersion: z.literal("1.5"),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f-]{36}$/),
  metadata: z.object({ timestamp: z.iso.datetime(), component: z.object({ "bom-ref": z.string() }) }),
  components: z.array(
    z.object({
      "bom-ref": z.string(),
      name: z.string(),
      version: z.string(),
      purl: z.string(),
      hashes: z.array(z.object({ content: z.string() })),
      licenses: z.array(z.object({ expression: z.string().min(1) })),
    }),
  ),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

describe("The list of what Milepost is made of", function () {
  this.timeout(20_000);
  let printed: z.infer<typeof list>;

  before(() => {
    const { stdout, stderr, status } = spawnSync(process.execPath, ["scripts/sbom.ts"], { cwd: ROOT, encoding: "utf8", timeout: 15_000 });
    assert.equal(status, 0, stderr);
    printed = list.parse(JSON.parse(stdout));
  });

  it("is printed by npm run sbom", () => {
    assert.match(manifest.parse(JSON.parse(read("package.json"))).scripts.sbom ?? "", /node scripts\/sbom\.ts$/);
  });

  it("has every package that runs with it once, with its hash and its licence, and none that only development needs", () => {
    // Prepare
    const locked = Object.entries(packages.parse(JSON.parse(read("package-lock.json"))).packages).filter(([path]) => path !== "");
    const running = locked.filter(([, { dev, devOptional }]) => !dev && !devOptional);
    const written = ([path, { version, integrity }]: (typeof locked)[number]) =>
      `${path.split("node_modules/").at(-1)}@${version} ${Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex")}`;

    // Act
    const listed = printed.components.map(({ name, version, hashes }) => `${name}@${version} ${hashes[0]?.content}`);

    // Assess
    assert.ok(listed.length > 300);
    assert.deepEqual([...listed].sort(), [...new Set(running.map(written))].sort());
    for (const name of Object.keys(manifest.parse(JSON.parse(read("package.json"))).dependencies))
      assert.ok(
        printed.components.some((one) => one.name === name),
        name,
      );
    assert.ok(!printed.components.some(({ name }) => name === "mocha"));
  });

  it("says what needs what, so that each is found from Milepost itself", () => {
    // Prepare
    const needs = new Map(printed.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    const found = new Set([printed.metadata.component["bom-ref"]]);

    // Act
    for (const ref of found) for (const needed of needs.get(ref) ?? assert.fail(ref)) found.add(needed);

    // Assess
    const refs = printed.components.map((one) => one["bom-ref"]);
    assert.deepEqual([...found].sort(), [...refs, printed.metadata.component["bom-ref"]].sort());
  });

  it("finds what a package needs where Node would", () => {
    // Prepare
    const at = (version: string, more: object = {}) => ({ version, license: "MIT", integrity: "sha512-AAAA", ...more });
    const text = JSON.stringify({
      name: "own",
      version: "1.0.0",
      packages: {
        "": { dependencies: { a: "*", "@s/b": "*" } },
        "node_modules/a": at("1.0.0", { dependencies: { "@s/b": "*", gone: "*" } }),
        "node_modules/@s/b": at("1.0.0", { peerDependencies: { a: "*" } }),
        "node_modules/a/node_modules/@s/b": at("2.0.0", { optionalDependencies: { a: "*" } }),
      },
    });

    // Act
    const { dependencies, components } = describeParts(text, "00000000-0000-4000-8000-000000000000", new Date(0));

    // Assess
    assert.deepEqual(Object.fromEntries(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn])), {
      "own@1.0.0": ["@s/b@1.0.0", "a@1.0.0"],
      "a@1.0.0": ["@s/b@2.0.0"],
      "@s/b@1.0.0": ["a@1.0.0"],
      "@s/b@2.0.0": ["a@1.0.0"],
    });
    assert.equal(components.find((one) => one["bom-ref"] === "@s/b@2.0.0")?.purl, "pkg:npm/%40s/b@2.0.0");
  });

  it("is refused where a package has no hash", () => {
    const text = JSON.stringify({ name: "own", version: "1.0.0", packages: { "node_modules/a": { version: "1.0.0", license: "MIT" } } });

    assert.throws(() => describeParts(text, "", new Date(0)), /a 1\.0\.0 has no SHA-512 in package-lock\.json/);
  });
});
