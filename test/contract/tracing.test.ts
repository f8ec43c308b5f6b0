import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeTracer } from "../../config/tracing.ts";
import type { SamplerName } from "../../config/tracing-settings.ts";
import { LEAN } from "../../start/lean.ts";
import { captureLog } from "../support/log.ts";
import { answers, freePort, ManagedProcess } from "../support/managed-process.ts";
import { type SentSpan, spansIn } from "../support/spans.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";
import { eventually } from "./support/endpoint.ts";
import { describeExecution } from "./support/stepfunctions.ts";
import { newGround, pollsAreOver, startWorkerProcess, type WorkerGround } from "./support/worker.ts";

const ADMIN_TOKEN = "the-tests-admin-token";
/** Tells which modules of OpenTelemetry a process loads, however it does; not its API, which the library for metrics loads. */
const TELL_LOADED = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({
    load(url, context, next) {
      if (/\\/@opentelemetry\\/(?!api\\/)/.test(url)) console.log("loaded " + url);
      return next(url, context);
    },
  });`)}`;

interface ApiProcess {
  readonly process: ManagedProcess;
  readonly url: string;
}

describe("Traces", function () {
  this.timeout(90_000);
  let ground: WorkerGround;
  let directory: string;
  let collector: WebhookReceiver;
  let processes: ManagedProcess[];
  let caller: { readonly trace: string; readonly span: string };

  before(async () => {
    ground = await newGround();
    directory = mkdtempSync(join(tmpdir(), "milepost-tracing-"));
  });
  beforeEach(async () => {
    processes = [];
    caller = { trace: randomBytes(16).toString("hex"), span: randomBytes(8).toString("hex") };
    collector = await WebhookReceiver.start();
  });
  afterEach(async () => {
    await Promise.all(processes.map((one) => one.stop()));
    if (processes.length > 0) await pollsAreOver();
    collector.stop();
  });
  after(async () => {
    await ground?.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  const serve = async (variables: Readonly<Record<string, string>>): Promise<ApiProcess> => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const own = { API_PORT: String(port), MILEPOST_DIR: directory, ADMIN_TOKEN };
    const environment = { ...ground.environment, ...own, ...variables };
    const command = [...LEAN.api, "api/main.ts"];
    const process = new ManagedProcess({ name: "api", command, environment, isReady: () => answers(`${url}/health`) });
    processes.push(process);
    await process.start();
    return { process, url };
  };
  const work = async (variables: Record<string, string>): Promise<ManagedProcess> => {
    const worker = await startWorkerProcess(ground, variables);
    processes.push(worker);
    return worker;
  };
  const traced = (flags = "01") => `00-${caller.trace}-${caller.span}-${flags}`;
  const toCollector = () => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: "x-key=the%20collector%27s%20key",
  });
  /** A request that is made and moved on, the second by a caller who traces. */
  const moveOn = async (url: string, traceparent = traced()) => {
    const post = (address: string, method: string, body: object, headers: Record<string, string> = {}) =>
      fetch(`${url}${address}`, {
        method,
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(20_000),
      });
    const made = Object(await (await post("/requests", "POST", { title: "A pump" })).json());
    const began = performance.now();
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, traceparent, "x-request-id": "the-call" };
    const changed = await post(`/requests/${made.requestId}/status?t=secret`, "PATCH", { status: "IN_PROGRESS" }, headers);
    const ms = performance.now() - began;
    const { eventId, executionArn } = Object(await changed.json());
    const token = new URL(String(made.trackingUrl)).searchParams.get("t") ?? assert.fail("There is no token.");
    return { id: String(made.requestId), token, ms, eventId: String(eventId), executionArn: String(executionArn) };
  };
  const inputOf = async (executionArn: string) => JSON.parse((await describeExecution(executionArn)).input ?? "");
  const processed = (worker: ManagedProcess, eventId: string) =>
    eventually(() => assert.ok(worker.log().includes(`processed eventId=${eventId} `)), 20_000);
  const spansOf = (traceId: string, count: number): Promise<SentSpan[]> =>
    eventually(() => {
      const found = spansIn(collector.received).filter((span) => span.traceId === traceId);
      assert.equal(found.length, count, JSON.stringify(found));
      return found;
    }, 15_000);

  it("are one for a change: the call, the start of its execution and the worker's step, each under what it came of", async () => {
    // Prepare
    const [{ url }, worker] = await Promise.all([serve(toCollector()), work(toCollector())]);
    // Act
    const { eventId, executionArn, token, id } = await moveOn(url);
    await processed(worker, eventId);
    const spans = await spansOf(caller.trace, 3);
    // Assess
    const [call, start, step] = ["server", "client", "consumer"].map((kind) => spans.find((span) => span.kind === kind));
    assert.deepEqual([call?.service, call?.name, call?.parentSpanId], ["milepost-api", "PATCH /requests/{id}/status", caller.span]);
    assert.deepEqual(call?.attributes, {
      "url.scheme": "http",
      "http.request.method": "PATCH",
      "http.route": "/requests/{id}/status",
      "http.response.status_code": 200,
      "milepost.http": "the-call",
    });
    assert.deepEqual([start?.service, start?.name, start?.parentSpanId], ["milepost-api", "start requests", call?.spanId]);
    assert.deepEqual([step?.service, step?.name, step?.parentSpanId], ["milepost-worker", "process requests writeHistory", call?.spanId]);
    const { "messaging.destination.name": queue, ...said } = step?.attributes ?? {};
    assert.ok(ground.outputs.requests_queue_url.endsWith(`/${queue}`));
    assert.deepEqual(said, {
      "messaging.system": "aws_sqs",
      "messaging.operation.type": "process",
      "milepost.kind": "requests",
      "milepost.event_id": eventId,
      "milepost.step": "writeHistory",
      "milepost.http": "the-call",
      "milepost.outcome": "done",
    });
    assert.ok(spans.every(({ isError }) => !isError));
    assert.equal((await inputOf(executionArn)).traceparent, `00-${caller.trace}-${call?.spanId}-01`);
    assert.ok(collector.received.every(({ path, headers }) => path === "/v1/traces" && headers["x-key"] === "the collector's key"));
    const sent = JSON.stringify(collector.received.map(({ body }) => body));
    for (const secret of [token, ADMIN_TOKEN, "secret", "A pump"]) assert.ok(!sent.includes(secret), `${secret} of ${id} was sent`);
    const logs = processes.map((one) => one.log()).join("");
    assert.ok(!logs.includes("collector's key") && !logs.includes("collector%27s"));
  });

  it("are sent before the processes end, however soon that is", async () => {
    // Prepare
    const [api, worker] = await Promise.all([serve(toCollector()), work(toCollector())]);
    const { eventId } = await moveOn(api.url);
    await processed(worker, eventId);
    // Act
    const codes = await Promise.all([api.process.end(), worker.end()]);
    // Assess
    assert.deepEqual(codes, [0, 0]);
    assert.equal(spansIn(collector.received).filter(({ traceId }) => traceId === caller.trace).length, 3);
  });

  it("tell of a call that failed by no fault of its caller's, and of one for nothing there is", async () => {
    // Prepare
    const { url } = await serve({ ...toCollector(), DYNAMODB_ENDPOINT: "http://127.0.0.1:9" });
    const headers = { traceparent: traced() };
    // Act
    const answer = await fetch(`${url}/requests/none?t=secret`, { headers });
    const unknown = await fetch(`${url}/requests/none/secret`, { method: "PURGE", headers });
    const spans = await spansOf(caller.trace, 2);
    // Assess
    assert.deepEqual([answer.status, unknown.status], [503, 404]);
    const [failed, other] = ["GET /requests/{id}", "HTTP"].map((name) => spans.find((span) => span.name === name));
    assert.deepEqual([failed?.isError, failed?.attributes["error.type"]], [true, "503"]);
    assert.deepEqual([other?.isError, other?.attributes["http.request.method"]], [false, "_OTHER"]);
    assert.ok(!JSON.stringify(spans).includes("secret"));
  });

  it("tell of a step that was tried in vain, by the error's name alone", async () => {
    // Prepare
    const broken = { ...toCollector(), DYNAMODB_ENDPOINT: "http://127.0.0.1:9" };
    const [{ url }] = await Promise.all([serve({}), work(broken)]);
    // Act
    const { eventId } = await moveOn(url);
    const tried = await eventually(() => {
      const found = spansIn(collector.received).find(({ attributes }) => attributes["milepost.event_id"] === eventId);
      return found ?? assert.fail("The step has no span.");
    }, 20_000);
    // Assess
    assert.deepEqual([tried.traceId, tried.parentSpanId, tried.isError], [caller.trace, caller.span, true]);
    assert.equal(tried.attributes["milepost.outcome"], undefined);
    assert.ok(!JSON.stringify(collector.received.map(({ body }) => body)).includes("127.0.0.1:9"));
  });

  it("are not kept of a call whose caller keeps none, which its trace says on", async () => {
    // Prepare
    const { url } = await serve(toCollector());
    // Act
    const { executionArn } = await moveOn(url, traced("00"));
    // The creation of the request, which nobody traced, is kept: once it is there, the change would be.
    await eventually(() => assert.ok(spansIn(collector.received).some(({ name }) => name === "POST /requests")), 15_000);
    // Assess
    assert.ok(spansIn(collector.received).every(({ traceId }) => traceId !== caller.trace));
    assert.match((await inputOf(executionArn)).traceparent, new RegExp(`^00-${caller.trace}-[0-9a-f]{16}-00$`));
  });

  it("load nothing where no collector is named, and the caller's trace goes on as it came", async () => {
    // Prepare
    const tell = { NODE_OPTIONS: `--import=${TELL_LOADED}` };
    const [off, worker, on] = await Promise.all([serve(tell), work(tell), serve({ ...tell, ...toCollector() })]);
    // Act
    const { eventId, executionArn } = await moveOn(off.url);
    await processed(worker, eventId);
    // Assess
    assert.equal((await inputOf(executionArn)).traceparent, traced());
    assert.ok(!off.process.log().includes("loaded "), off.process.lastWords());
    assert.ok(!worker.log().includes("loaded "), worker.lastWords());
    assert.ok(on.process.log().includes("loaded "), "The hooks tell of nothing.");
    assert.deepEqual(
      collector.received.map(({ body }) => body).filter((body) => body.includes(eventId)),
      [],
    );
  });

  it("are kept as the sampler says, and what goes on from them says so", async () => {
    // Prepare
    const kept = traced("01");
    const notKept = traced("00");
    const flags = async (sampler: SamplerName, ratio: number, parent: string | undefined) => {
      const tracing = { url: `${collector.url}/v1/traces`, headers: {}, serviceName: "tested", sampler, ratio };
      const tracer = await makeTracer("api", { tracing, env: "test" }, captureLog().logger);
      const sampled = await tracer.span("tested", { kind: "client", parent, attributes: {} }, async ({ traceparent }) => traceparent);
      await tracer.stop();
      return sampled?.slice(-2);
    };
    // Act
    const of = async (sampler: SamplerName, ratio = 1) =>
      Promise.all([undefined, kept, notKept].map((parent) => flags(sampler, ratio, parent)));
    const found = {
      on: await of("always_on"),
      off: await of("always_off"),
      none: await of("traceidratio", 0),
      parentNone: await of("parentbased_traceidratio", 0),
      parentOn: await of("parentbased_always_on"),
    };
    // Assess
    assert.deepEqual(found, {
      on: ["01", "01", "01"],
      off: ["00", "00", "00"],
      none: ["00", "00", "00"],
      parentNone: ["00", "01", "00"],
      parentOn: ["01", "01", "00"],
    });
    assert.equal(spansIn(collector.received).length, 6);
  });

  for (const [what, answer] of [
    ["refuses them", (response) => void response.writeHead(400).end("the collector's words")],
    ["does not answer", () => {}],
    ["is down", undefined],
  ] as const satisfies readonly (readonly [string, WebhookReceiver["answer"] | undefined])[]) {
    it(`hold up no call and no end where the collector ${what}`, async () => {
      // Prepare
      const variables = toCollector();
      if (answer === undefined) collector.stop();
      else collector.answer = answer;
      const api = await serve(variables);
      // Act
      const calls = [];
      for (let call = 0; call < 5; call++) calls.push((await moveOn(api.url)).ms);
      await eventually(() => assert.match(api.process.log(), /the collector takes no traces/), 15_000);
      const began = performance.now();
      const code = await api.process.end();
      const endedMs = performance.now() - began;
      // Assess
      assert.ok(Math.min(...calls) < 500, `${calls.join(", ")} ms`);
      assert.equal(code, 0);
      assert.ok(endedMs < 5_000, `${endedMs} ms`);
      assert.equal(api.process.log().split("the collector takes no traces").length, 2, "It is told of once.");
      assert.ok(!api.process.log().includes("the collector's words"));
    });
  }
});
