import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createServices, SCHEMA, type Services } from "../../local/services.ts";
import { openStore, type Store } from "../../local/store.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const PAGES = join(ROOT, "docs", "local-endpoint");

/** Where each service's operations are listed: the page, and the end of its heading `Operations of …`. */
const LISTS: Readonly<Record<string, readonly [page: string, heading: string]>> = {
  states: ["step-functions.md", "Step Functions"],
  sqs: ["sqs.md", "SQS"],
  dynamodb: ["dynamodb.md", "DynamoDB"],
  iam: ["iam-sts-logs.md", "IAM"],
  sts: ["iam-sts-logs.md", "STS"],
  logs: ["iam-sts-logs.md", "CloudWatch Logs"],
  s3: ["s3.md", "S3"],
};

describe("The documentation of the endpoint", () => {
  let directory: string;
  let store: Store;
  let services: Services;

  before("every service on an empty store", () => {
    directory = mkdtempSync(join(tmpdir(), "milepost-docs-"));
    store = openStore(join(directory, "endpoint.db"), SCHEMA);
    services = createServices(store, directory, { retentionDays: 30 });
  });

  after("the store", () => {
    services.s3.stop();
    store.close();
    rmSync(directory, { recursive: true });
  });

  it("has a list for every service", () => {
    assert.deepEqual(Object.keys(LISTS).sort(), [...covered(services).keys()].sort());
  });

  for (const [service, [page, heading]] of Object.entries(LISTS)) {
    it(`calls covered of ${heading} what the code covers, and nothing else`, () => {
      // Act
      const listed = readOperations(page, heading);

      // Assess
      assert.deepEqual([...listed.covered].sort(), [...(covered(services).get(service) ?? [])].sort());
      assert.deepEqual(twice([...listed.covered, ...listed.notCovered]), []);
    });

    it(`counts the operations of ${heading} as it lists them`, () => {
      // Prepare
      const { covered: names, notCovered } = readOperations(page, heading);
      const overview = readFileSync(join(ROOT, "docs", "local-endpoint.md"), "utf8");
      const row = overview.split("\n").find((line) => line.startsWith("| ") && line.includes(`(local-endpoint/${page})`)) ?? "";

      // Act
      const counts = notCovered.length === 0 ? `all ${names.length}` : `${names.length} of ${names.length + notCovered.length}`;

      // Assess
      assert.ok(row.includes(counts), `The overview says ${JSON.stringify(row)}, but there are ${counts}.`);
    });
  }

  for (const page of ["docs/local-endpoint.md", ...readdirSync(PAGES).map((name) => `docs/local-endpoint/${name}`)]) {
    it(`leads from ${page} only to files that are there`, () => {
      // Prepare
      const text = readFileSync(join(ROOT, page), "utf8");
      const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) => join(ROOT, dirname(page), target));
      const sources = [...text.matchAll(/`((?:local|test|scripts)\/[\w./-]+\.\w+)`/g)].map(([, path = ""]) => join(ROOT, path));

      // Act
      const missing = [...links, ...sources].filter((path) => !existsSync(path));

      // Assess
      assert.deepEqual(missing, []);
    });
  }
});

/** What the health page tells: service by service, the names of the operations. */
function covered({ named, s3 }: Services): Map<string, readonly string[]> {
  return new Map([...named.map((service) => [service.name, [...service.operations.keys()]] as const), ["s3", s3.operations]]);
}

/** The names in the second and third column of the table below a heading. */
function readOperations(page: string, heading: string): { covered: string[]; notCovered: string[] } {
  const text = readFileSync(join(PAGES, page), "utf8");
  const [, section] = text.split(`\n## Operations of ${heading}\n`);
  assert.ok(section !== undefined, `${page} has no heading "Operations of ${heading}".`);
  const rows = section.split("\n## ")[0]?.split("\n") ?? [];
  const cells = rows.filter((row) => row.startsWith("| ")).map((row) => row.split("|"));
  const names = (column: number) => cells.flatMap((row) => [...(row[column] ?? "").matchAll(/`(\w+)`/g)].map(([, name = ""]) => name));
  return { covered: names(2), notCovered: names(3) };
}

function twice(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) < index);
}
