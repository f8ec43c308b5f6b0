import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { describeLicences, READ_BY_HAND, readLicences } from "../../scripts/licences.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const manifest = z.object({ version: z.string(), license: z.string().optional() });
const TEXTS: Readonly<Record<string, RegExp>> = {
  MIT: /MIT License|Permission is hereby granted/,
  "BSD-3-Clause": /Redistribution and use/,
};

describe("The licences", () => {
  const all = readLicences(readFileSync(join(ROOT, "package-lock.json"), "utf8"));

  it("are documented as they are in the lockfile", () => {
    assert.equal(readFileSync(join(ROOT, "docs", "licences.md"), "utf8"), describeLicences(all), 'Run "npm run licences".');
  });

  it("are those that the installed packages name themselves", () => {
    // Prepare: what is for another kind of machine is not installed.
    const installed = all.flatMap(({ name, licence, path, version }) => {
      const file = join(ROOT, path, "package.json");
      const found = existsSync(file) ? manifest.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
      return found?.version === version && READ_BY_HAND[name] === undefined ? [{ name, licence, own: found.license }] : [];
    });

    // Assess
    assert.ok(installed.length > 300);
    assert.deepEqual(
      installed.filter(({ licence, own }) => own !== licence),
      [],
    );
  });

  it("that were read by hand stand in the packages' licence files", () => {
    for (const [name, licence] of Object.entries(READ_BY_HAND)) {
      const text = readFileSync(join(ROOT, "node_modules", name, "LICENSE"), "utf8");
      assert.match(text, TEXTS[licence] ?? /^$/, name);
    }
  });

  it("are refused where nobody has judged them", () => {
    const text = JSON.stringify({ packages: { "": {}, "node_modules/new": { version: "1.0.0", license: "GPL-3.0" } } });

    assert.throws(() => readLicences(text), /new 1\.0\.0 has the licence "GPL-3\.0", which nobody has judged yet/);
  });

  it("of what only development needs are left out", () => {
    const text = JSON.stringify({ packages: { "node_modules/one": { version: "1.0.0", license: "GPL-3.0", dev: true } } });

    assert.deepEqual(readLicences(text), []);
  });
});
