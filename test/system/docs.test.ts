import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { z } from "zod";
import { makeClients, WORKER_LIMITS } from "../../config/clients.ts";
import { readSettings } from "../../config/settings.ts";
import { readStackOutputs } from "../../pulumi/apply/outputs-file.ts";
import { AnswerWatch } from "../support/answer-watch.ts";
import { blocksOf, type Command, commandsOf, PLACEHOLDER, pages, ROOT, RUN_ELSEWHERE } from "../support/documented.ts";
import { EndpointProcess } from "../support/endpoint-process.ts";
import { eventually } from "../support/eventually.ts";
import { freePort, ManagedProcess } from "../support/managed-process.ts";
import { type Outcome, Session } from "./support/session.ts";

const WAIT_MS = 20_000;
const CALL_MS_MAX = 5_000;
const OPTIONAL = ["promtool"];

/** Pages whose commands make and remove what they name: each has an empty endpoint and a directory of its own. */
const APART = ["docs/local-endpoint.md", "docs/pulumi.md"];

/** What a reader sees is what happens: every command is typed into a shell, one after the other, page by page. */
describe("The documentation", function () {
  this.timeout(180_000);
  let directory = "";
  let system: ManagedProcess;
  /** What readers call is held against the API's own description on its way. */
  let watch: AnswerWatch;
  /** What readers find here and are told to put in elsewhere, by the name of the placeholder. */
  const known = new Map<string, string>();
  let addresses: ReadonlyMap<string, string>;
  let environment: Record<string, string>;

  before("a system of its own, started as the README says", async () => {
    directory = mkdtempSync(join(tmpdir(), "milepost-docs-"));
    const [api, endpoint, apiMetrics, workerMetrics] = [await freePort(), await freePort(), await freePort(), await freePort()];
    watch = await AnswerWatch.start(`http://127.0.0.1:${api}`);
    environment = {
      MILEPOST_DIR: directory,
      APP_PUBLIC_BASE_URL: watch.url,
      API_PORT: String(api),
      ENDPOINT_PORT: String(endpoint),
      API_METRICS_PORT: String(apiMetrics),
      WORKER_METRICS_PORT: String(workerMetrics),
    };
    addresses = new Map([
      ["localhost:8080", new URL(watch.url).host],
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
    await system.start();
  });
  after(async () => {
    await system.stop();
    rmSync(directory, { recursive: true, force: true });
    assert.deepEqual(await watch.stop(), [], "The API's description lacks what was answered.");
  });

  const adapt = (text: string, replacements: ReadonlyMap<string, string>): string => {
    let adapted = text;
    for (const [from, to] of replacements) adapted = adapted.replaceAll(from, to);
    return adapted.replace(PLACEHOLDER, (placeholder, name: string) => known.get(name) ?? placeholder);
  };

  const settingOf = async (page: string) => {
    if (!APART.includes(page)) return { place: addresses, variables: environment, endpoint: undefined, cwd: undefined };
    const endpoint = await EndpointProcess.start();
    const { host } = new URL(endpoint.url);
    // The page of the endpoint shows sessions on another port, and two files that are used in them.
    const place = new Map(["127.0.0.1:4566", "127.0.0.1:4581"].map((address) => [address, host]));
    const cwd =
      page === "docs/local-endpoint.md" ? makeFiles(endpoint.directory, adapt(readFileSync(join(ROOT, page), "utf8"), place)) : undefined;
    return { place, variables: { MILEPOST_DIR: join(directory, "apart") }, endpoint, cwd };
  };

  for (const page of pages()) {
    const commands = blocksOf(page)
      .filter(({ notRun }) => notRun === undefined)
      .flatMap(commandsOf)
      .filter(({ text }) => !RUN_ELSEWHERE.some(([command]) => command.test(text)));
    if (commands.length > 0)
      it(`says in ${page} what works, command by command`, async () => {
        // Prepare
        const { place, variables, endpoint, cwd } = await settingOf(page);
        if (page === "docs/operations.md") known.set("id of the failure", await failureOf(environment, addresses));
        const aws = page === "README.md" ? {} : awsVariables(place);
        const session = new Session({ ...withoutAws(process.env), ...variables, ...aws }, cwd);
        try {
          // Act and Assess
          for (const command of commands) await follow(session, command, (text) => adapt(text, place));
        } finally {
          await session.end();
          await endpoint?.stop();
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

  /** Members of an answer, or of a message that came, are what placeholders of their names stand for, from there on. */
  function note({ printed }: Outcome): void {
    const answer = objectIn(printed);
    const message = objectIn(
      z.object({ Messages: z.tuple([z.object({ Body: z.string() })]) }).safeParse(answer).data?.Messages[0].Body ?? "",
    );
    for (const [name, value] of Object.entries({ ...answer, ...message })) if (typeof value === "string") known.set(name, value);
    const failures = z.object({ failures: z.array(z.object({ id: z.string() })).min(1) }).safeParse(answer).data?.failures;
    if (failures?.[0] !== undefined) known.set("id of the failure", failures[0].id);
  }
});

/** The README sets the AWS CLI's variables itself; other pages are read with them set. */
function awsVariables(place: ReadonlyMap<string, string>): Record<string, string> {
  const credentials = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_DEFAULT_REGION: "us-east-1" };
  return { AWS_ENDPOINT_URL: `http://${place.get("127.0.0.1:4566")}`, ...credentials };
}

/** The files that the endpoint's page tells its reader to have at hand; the directory they are in. */
function makeFiles(directory: string, page: string): string {
  const [, machine = ""] = /^```json\n(\{\n {2}"StartAt"[\s\S]*?\n)```$/m.exec(page) ?? [];
  writeFileSync(join(directory, "machine.json"), machine);
  writeFileSync(join(directory, "hello.txt"), "hello\n");
  return directory;
}

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
