import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LEAN, leanVariables } from "../../../start/lean.ts";

const scriptsOf = z.object({ scripts: z.record(z.string(), z.string()) });

describe("API and worker, each run alone", () => {
  for (const process of ["api", "worker"] as const) {
    it(`are run as npm start runs them: npm run ${process}`, () => {
      // Prepare
      const text = readFileSync(join(import.meta.dirname, "..", "..", "..", "package.json"), "utf8");
      const variables = Object.entries(leanVariables(".milepost")).map(([name, value]) => `${name}=${value}`);
      // Act
      const script = scriptsOf.parse(JSON.parse(text)).scripts[process]?.split(" ") ?? [];
      // Assess
      for (const word of [...variables, ...LEAN[process], `${process}/main.ts`])
        assert.ok(script.includes(word), `${word} in ${script.join(" ")}`);
    });
  }
});
