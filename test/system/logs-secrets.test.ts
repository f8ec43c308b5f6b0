import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { SMTPServer } from "smtp-server";
import { eventually } from "../support/eventually.ts";
import { TestSystem } from "../support/system.ts";
import { WebhookReceiver } from "../support/webhook-receiver.ts";

type Fields = Readonly<Record<string, unknown>>;
type Line = Readonly<Record<string, unknown>>;

const WAIT_MS = 40_000;
/** What somebody would have written into a log, as a line of its own, and to whoever reads it on a terminal. */
const FORGED = '\r\n{"level":"fatal","msg":"forged"}\u001b[31m\u2028';

const secret = (name: string) => `${name}-${randomBytes(16).toString("hex")}`;

/** All kinds' ways are gone, well and badly, by processes that log all they can; then their output is looked through. */
describe("The logs of API and worker", function () {
  this.timeout(180_000);
  const secrets = new Map<string, string>();
  const taskTokens = new Set<string>();
  const configured = {
    APP_SECRET: secret("app"),
    JWT_SECRET: secret("jwt"),
    AWS_SECRET_ACCESS_KEY: secret("aws"),
    NOTIFY_WEBHOOK_SECRET: secret("webhook"),
    PAYMENT_TOKEN: secret("payment"),
    OTEL_EXPORTER_OTLP_HEADERS: `x-key=${secret("collector")}`,
  };
  const smtpPassword = secret("smtp");
  const webhookPath = secret("path");
  let system: TestSystem;
  let smtp: SMTPServer;
  let others: WebhookReceiver;
  let mails = 0;

  before(async () => {
    smtp = await startSmtp(() => void mails++);
    others = await WebhookReceiver.start();
    let refused = 0;
    others.answer = (response, path) => {
      if (path === "/charges") response.end('{"reference":"paid"}');
      else if (path === "/refunds") response.end('{"outcome":"refunded"}');
      else if (path.startsWith("/v1/traces")) response.writeHead(401).end(`${configured.OTEL_EXPORTER_OTLP_HEADERS} is wrong`);
      else if (refused++ === 0) response.writeHead(403).end(`${webhookPath} is wrong`);
      else response.end();
    };
    const address = smtp.server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const variables = {
      ...configured,
      AWS_ACCESS_KEY_ID: "an-access-key",
      LOG_LEVEL: "trace",
      VISIBILITY_SECONDS: "3",
      EXTEND_SECONDS: "1",
      NOTIFY_SMTP_URL: `smtp://user:${smtpPassword}@127.0.0.1:${port}`,
      NOTIFY_FROM: "milepost@example.org",
      NOTIFY_TO: "ops@example.org",
      NOTIFY_WEBHOOK_URL: `${others.url}/${webhookPath}`,
      PAYMENT_URL: others.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: others.url,
    };
    system = await TestSystem.start({ variables });
    system.proxy.onReceived = (body) => {
      const token = /"taskToken":"([^"]+)"/.exec(body)?.[1];
      if (token !== undefined) taskTokens.add(token);
    };
    for (const [name, value] of Object.entries(configured)) secrets.set(name, value.replace("x-key=", ""));
    secrets.set("ADMIN_TOKEN", system.adminToken).set("SMTP password", smtpPassword).set("webhook path", webhookPath);
  });
  after(async () => {
    await system?.stop();
    others?.stop();
    await new Promise<void>((resolve) => (smtp === undefined ? resolve() : smtp.close(resolve)));
  });

  const call = async (method: string, address: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(`${system.url}${address}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await answer.text();
    const fields: Fields = text.startsWith("{") ? Object(JSON.parse(text)) : {};
    return { status: answer.status, fields };
  };
  const expect = async (status: number, ...asked: Parameters<typeof call>): Promise<Fields> => {
    const answer = await call(...asked);
    assert.equal(answer.status, status, `${asked[0]} ${asked[1]} ${JSON.stringify(answer.fields)}`);
    return answer.fields;
  };
  const admin = () => ({ authorization: `Bearer ${system.adminToken}` });
  const worker = () => system.workers[0]?.log() ?? "";
  const output = () => `${system.api.log()}\n${worker()}`;
  const said = (text: string) => eventually(() => assert.ok(output().includes(text), `"${text}" was not said.`), WAIT_MS);
  const send = (queueUrl: string, body: string) =>
    system.clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  const keep = (name: string, value: unknown): string => {
    assert.ok(typeof value === "string" && value.length >= 8, `${name} is ${value}`);
    secrets.set(name, value);
    return value;
  };

  it("tell of what happened to each kind's records", async () => {
    const user = keep("user's token", (await expect(200, "POST", "/login", { user_id: "ann", email: "ann@example.org" })).access_token);
    const theirs = { authorization: `Bearer ${user}` };

    const made = await expect(201, "POST", "/requests", { title: "A pump" });
    const tracking = keep("tracking token", new URL(String(made.trackingUrl)).searchParams.get("t"));
    const key = { ...admin(), "idempotency-key": keep("idempotency key", secret("key")) };
    await expect(200, "GET", `/requests/${made.requestId}?t=${tracking}`);
    for (const _ of ["first", "again"])
      await expect(
        200,
        "PATCH",
        `/requests/${made.requestId}/status`,
        { status: "IN_PROGRESS", note: `A note${FORGED[1]}of two lines` },
        key,
      );
    await expect(422, "PATCH", `/requests/${made.requestId}/status`, { status: "ON_HOLD" }, key);

    const product = await expect(201, "POST", "/products", { name: "Laptop", price: 12.5 });
    const task = await expect(201, "POST", "/tasks", { title: "Test" });
    const order = await expect(202, "POST", "/orders", { amount: 12.5 }, theirs);
    const signature = keep("poll signature", new URL(String(order.poll_url)).searchParams.get("sig"));
    await expect(200, "GET", `/orders/${order.order_id}?sig=${signature}`);
    for (const [name, id] of Object.entries({
      requestId: `${made.requestId} newStatus=IN_PROGRESS`,
      taskId: task.id,
      orderId: `${order.order_id} newStatus=COMPLETED`,
    }))
      await said(`${name}=${id}`);
    await said(`processed eventId=${product.id}-1 `);
    await expect(202, "POST", `/orders/${order.order_id}/cancel`, { note: "Not wanted any more." }, theirs);
    await said(`orderId=${order.order_id} newStatus=CANCELLED`);
    assert.ok(mails > 0, "Mails were sent.");
  });

  it("tell of what went wrong: wrong tokens, refused bodies, forged lines", async () => {
    const [tracking, signature, user] = ["tracking token", "poll signature", "user's token"].map((name) => secrets.get(name) ?? "");
    const wrong = keep("a wrong token", secret("wrong"));
    for (const [status, method, address] of [
      [404, "GET", `/requests/none?t=${wrong}`],
      [404, "GET", `/requests/none?t=${tracking}`],
      [400, "GET", `/requests/none?t=${tracking}&t=${wrong}`],
      [404, "GET", `/orders/none?sig=${signature}`],
      [404, "GET", `/nothing/${tracking}?t=${tracking}`],
      [405, "PUT", `/requests/${wrong}`],
      [400, "GET", `/requests?token=${wrong}`],
    ] as const)
      await expect(status, method, address, undefined, method === "GET" && address.includes("?token") ? admin() : {});
    for (const token of [wrong, `${user}x`, `${user?.slice(0, -5)}AAAAA`, user, tracking])
      for (const address of ["/requests", "/dlq/failures"]) {
        const { status } = await call("GET", address, undefined, { authorization: `Bearer ${token}` });
        assert.ok(status === 401 || status === 403, `${status}`);
      }
    for (const body of [`{"title":"${tracking}`, { title: 7, token: wrong, [wrong]: 1 }, { title: `x${FORGED}` }, FORGED])
      await expect(400, "POST", "/requests", body);
    await expect(400, "POST", "/login", { user_id: FORGED, password: wrong });
    await expect(400, "GET", `/requests/${encodeURIComponent(FORGED)}?t=${encodeURIComponent(FORGED)}`);
    await expect(200, "GET", "/health", undefined, { "x-request-id": "\u0080{forged}", "user-agent": '{"msg":"forged"}' });
    assert.match(
      await raw(system.url, "GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\u001b[31m\n{forged}\r\n\r\n"),
      /^HTTP\/1\.1 400 /,
    );
    assert.match(await raw(system.url, `GET /health?t=${wrong} HTTP/9\r\n\r\n`), /^HTTP\/1\.1 400 /);
  });

  it("tell of what could not be done, and of dead letters", async () => {
    const { requests_queue_url: requests, task_queue_url: orders, tasks_queue_url: tasks } = system.outputs;
    const at = "2026-01-01T00:00:00.000Z";
    const event = { v: 1, eventId: "none-1", kind: "requests", id: "none", version: 1, from: null, to: "PENDING", changedAt: at };
    const whole = { v: 1, step: "writeHistory", execution: "none-1", event: { ...event, changeId: "c", type: "t", http: FORGED } };
    const token = () => {
      const made = secret("task");
      taskTokens.add(made);
      return made;
    };
    const long = randomBytes(700).toString("base64url");
    taskTokens.add(long.slice(0, 100));
    await send(requests, JSON.stringify({ ...whole, taskToken: token() }));
    await send(requests, JSON.stringify({ ...whole, event: { ...whole.event, kind: `requests${FORGED}` }, taskToken: token() }));
    await send(requests, JSON.stringify({ ...whole, step: `none${FORGED}`, taskToken: token() }));
    await send(tasks, JSON.stringify({ ...whole, taskToken: long }));
    await send(requests, `{"taskToken":"${token()}","execution":`);
    await send(orders, `{"order_id":"${token()} ${FORGED.replace(/[\p{Cc}"]/gu, " ")}","items":[]}`);
    await send(orders, `not JSON ${token()} ${FORGED.replace("\u001b", "")}`);
    // No repetition can help but the order, which is tried again for longer than this waits.
    await eventually(() => assert.ok(worker().split("a dead letter was kept").length > 6, "Not all are kept."), WAIT_MS);
    await said("the collector takes no traces");
  });

  it("tell of an endpoint that refuses, and of calls that failed for that", async () => {
    // Prepare
    const user = secrets.get("user's token") ?? "";
    system.proxy.break("dynamodb");
    // Act
    const answers = [
      await call("GET", `/requests/none?t=${secrets.get("tracking token")}`),
      await call("POST", "/requests", { title: "x" }, { "idempotency-key": secrets.get("idempotency key") ?? "" }),
      await call("POST", "/orders", { amount: 1 }, { authorization: `Bearer ${user}` }),
    ];
    system.proxy.mend("dynamodb");
    // Assess
    assert.deepEqual(
      answers.map(({ status }) => status),
      [503, 503, 503],
    );
    await said("a call failed");
  });

  it("hold none of the secrets that came through the processes", () => {
    const text = output();
    assert.ok(taskTokens.size > 12, `${taskTokens.size} task tokens came through.`);
    for (const [name, value] of [...secrets, ...[...taskTokens].map((value) => ["task token", value] as const)]) {
      const found = text.split("\n").find((line) => line.includes(value));
      assert.equal(found, undefined, `The ${name} is in a line.`);
    }
  });

  it("are one line of JSON for each thing, whoever tried to write some of their own", () => {
    for (const text of [system.api.log(), worker()]) {
      const lines = text.split("\n").filter((line) => line !== "");
      const parsed = lines.map((line): Line => Object(JSON.parse(line)));
      assert.ok(parsed.length > 20);
      for (const { level, service, msg } of parsed) {
        assert.ok(service === "api" || service === "worker");
        assert.notEqual(level, "fatal");
        assert.ok(typeof msg === "string" && !/\p{Cc}/u.test(msg), `${msg}`);
      }
      // Terminals act on these, and JSON need not be written with them.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are looked for.
      assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(text));
    }
  });
});

/** A mail server that refuses the first to log in, and repeats their password to them. */
async function startSmtp(onMail: () => void): Promise<SMTPServer> {
  let refused = 0;
  const server = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, callback) => {
      if (refused++ === 0) callback(new Error(`${username} is not ${password}`));
      else callback(null, { user: username });
    },
    onData: (stream, _session, callback) => {
      stream.resume();
      stream.once("end", () => {
        onMail();
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** What a server answers to bytes that no client of HTTP would send. */
function raw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = "";
    socket.setTimeout(5_000, () => socket.destroy(new Error("no answer")));
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.once("close", () => resolve(answer));
    socket.once("error", reject);
  });
}
