import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { z } from "zod";
import { makeClients, WORKER_LIMITS } from "../../config/clients.ts";
import { readSettings } from "../../config/settings.ts";
import { readStackOutputs } from "../../pulumi/apply/outputs-file.ts";
import { blocksOf, type Command, commandsOf, PLACEHOLDER, pages, RUN_ELSEWHERE } from "../support/documented.ts";
import { EndpointProcess } from "../support/endpoint-process.ts";
import { eventually } from "../support/eventually.ts";
import { freePort, ManagedProcess } from "../support/managed-process.ts";
import { type Outcome, Session } from "./support/session.ts";

const WAIT_MS = 20_000;
const CALL_MS_MAX = 5_000;
const OPTIONAL = ["promtool"];

/** The page whose commands make, change and remove resources: it has an endpoint of its own. */
const PROVISIONING = "docs/pulumi.md";

/** What a reader sees is what happens: every command is typed into a shell, one after the other, page by page. */
describe("The documentation", function () {
  this.timeout(180_000);
  const directory = mkdtempSync(join(tmpdir(), "milepost-docs-"));
  let system: ManagedProcess;
  let other: EndpointProcess;
  /** What readers find here and are told to put in elsewhere, by the name of the placeholder. */
  const known = new Map<string, string>();
  let addresses: ReadonlyMap<string, string>;
  let environment: Record<string, string>;

  before("a system of its own, started as the README says", async () => {
    const [api, endpoint, apiMetrics, workerMetrics] = [await freePort(), await freePort(), await freePort(), await freePort()];
    environment = {
      MILEPOST_DIR: directory,
      API_PORT: String(api),
      ENDPOINT_PORT: String(endpoint),
      API_METRICS_PORT: String(apiMetrics),
      WORKER_METRICS_PORT: String(workerMetrics),
    };
    addresses = new Map([
      ["localhost:8080", `localhost:${api}`],
      ["localhost:8082", `127.0.0.1:${apiMetrics}`],
      ["localhost:9090", `127.0.0.1:${workerMetrics}`],
      ["127.0.0.1:4566", `127.0.0.1:${endpoint}`],
      [".milepost/", `${directory}/`],
    ]);
    system = new ManagedProcess({
      name: "docs",
      command: ["start/main.ts"],
      environment: { ...environment, AWS_ENDPOINT_URL: "" },
      isReady: (log) => log.includes("Milepost is running (after"),
    });
    [other] = await Promise.all([EndpointProcess.start(), system.start()]);
  });
  after(async () => {
    await system.stop();
    await other.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const adapt = (text: string, replacements: ReadonlyMap<string, string>): string => {
    let adapted = text;
    for (const [from, to] of replacements) adapted = adapted.replaceAll(from, to);
    return adapted.replace(PLACEHOLDER, (placeholder, name: string) => known.get(name) ?? placeholder);
  };

  for (const page of pages()) {
    const commands = blocksOf(page)
      .filter(({ notRun }) => notRun === undefined)
      .flatMap(commandsOf)
      .filter(({ text }) => !RUN_ELSEWHERE.some(([command]) => command.test(text)));
    if (commands.length > 0)
      it(`says in ${page} what works, command by command`, async () => {
        // Prepare
        const isApart = page === PROVISIONING;
        const place = isApart ? new Map([["127.0.0.1:4566", new URL(other.url).host]]) : addresses;
        const own = isApart ? { MILEPOST_DIR: join(directory, "apart") } : environment;
        if (page === "docs/operations.md") known.set("id of the failure", await failureOf(environment, addresses));
        const session = new Session({ ...withoutAws(process.env), ...own, ...AWS[page === "README.md" ? "unset" : "set"](place) });
        try {
          // Act and Assess
          for (const command of commands) await follow(session, command, (text) => adapt(text, place));
        } finally {
          await session.end();
        }
      });
  }

  /** Types a command in, and again where it only reads and the answer is not yet what is documented. */
  async function follow(session: Session, command: Command, adapted: (text: string) => string): Promise<void> {
    const { page, line, answer } = command;
    const text = adapted(command.text);
    const where = `${page}:${line}: ${text}`;
    assert.equal(text.search(PLACEHOLDER), -1, `${where}\nNothing before it says what to put in.`);
    if (isMissing(text)) return console.log(`      ${where}: not run, it is not on this machine`);
    const isReading = /^curl (?!.*(?:-X|--request|-d|--data) )/s.test(text);
    await eventually(
      async () => {
        const outcome = await session.run(text);
        const told = `${where}\nprinted ${outcome.printed}\nsaid ${outcome.said}`;
        assert.equal(outcome.status, 0, told);
        assertAnswer(outcome, answer === undefined ? undefined : adapted(answer), told);
        note(outcome);
      },
      isReading ? WAIT_MS : 0,
    );
  }

  /** Members of an answer are what placeholders of their names stand for, from there on. */
  function note({ printed }: Outcome): void {
    const answer = objectIn(printed);
    for (const [name, value] of Object.entries(answer ?? {})) if (typeof value === "string") known.set(name, value);
    const failures = z.object({ failures: z.array(z.object({ id: z.string() })).min(1) }).safeParse(answer).data?.failures;
    if (failures?.[0] !== undefined) known.set("id of the failure", failures[0].id);
  }
});

/** The README sets the AWS CLI's variables itself; other pages are read with them set. */
const AWS = {
  unset: () => ({}),
  set: (place: ReadonlyMap<string, string>) => ({
    AWS_ENDPOINT_URL: `http://${place.get("127.0.0.1:4566")}`,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: "us-east-1",
  }),
};

function withoutAws(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith("AWS_")));
}

function isMissing(text: string): boolean {
  const name = OPTIONAL.find((one) => text.startsWith(`${one} `));
  return name !== undefined && spawnSync(name, ["--version"], { timeout: 20_000 }).error !== undefined;
}

function objectIn(printed: string): Record<string, unknown> | undefined {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(printed)).data;
  } catch {
    return undefined;
  }
}

/** Every name and every value that is written out in the documented answer is in the real one; a refusal is one that is documented. */
function assertAnswer({ printed }: Outcome, documented: string | undefined, told: string): void {
  const { status, title } = objectIn(printed) ?? {};
  const isRefusal = typeof status === "number" && typeof title === "string";
  if (isRefusal) assert.match(documented ?? "", new RegExp(`"status":${status}|"errors":`), told);
  if (documented === undefined) return;
  if (!documented.startsWith("{")) return assert.ok(printed.includes(documented.replace(/ [\d.]+$/, " ")), told);
  const names = [...documented.matchAll(/"(\w+)":/g)].map(([, name]) => `"${name}":`);
  const values = [...documented.matchAll(/"\w+":(?:"[^"…]*"|\d+|true|false|null|\[[^…\]]+\])(?=[,}])/g)].map(([pair]) => pair);
  assert.ok(names.length > 0);
  assert.deepEqual(
    [...names, ...values].filter((part) => !printed.includes(part)),
    [],
    `${told}\ndocumented ${documented}`,
  );
}

/** Something for the operator to redrive: a message that is none of ours, which comes to be kept. */
async function failureOf(environment: Readonly<Record<string, string>>, addresses: ReadonlyMap<string, string>): Promise<string> {
  const settings = readSettings({ ...environment, AWS_ENDPOINT_URL: `http://${addresses.get("127.0.0.1:4566")}` });
  const clients = makeClients(settings, WORKER_LIMITS);
  const { requests_queue_url: QueueUrl } = z.object({ requests_queue_url: z.string() }).parse(readStackOutputs(settings));
  await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "not ours" }));
  clients.destroy();
  const authorization = `Bearer ${readFileSync(join(settings.directory, "secrets", "admin-token"), "utf8").trim()}`;
  const list = z.object({ failures: z.array(z.object({ id: z.string() })).min(1) });
  return eventually(async () => {
    const answer = await fetch(`http://${addresses.get("localhost:8080")}/dlq/failures`, {
      headers: { authorization },
      signal: AbortSignal.timeout(CALL_MS_MAX),
    });
    return list.parse(await answer.json()).failures[0]?.id ?? "";
  }, WAIT_MS);
}
