import assert from "node:assert/strict";
import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import { parseInput } from "../../domain/event.ts";
import { type TaskStatus, tasks } from "../../domain/tasks.ts";
import { executionArn } from "../../workflows/starter.ts";
import { complaints, startApi, type TestApi } from "./support/api.ts";
import { aws, endpointUrl, eventually } from "./support/endpoint.ts";
import { newGround, type RunningWorker, startWorker, type WorkerGround } from "./support/worker.ts";

describe("The API's tasks", function () {
  this.timeout(30_000);
  let ground: WorkerGround<TaskStatus>;
  let api: TestApi;
  let worker: RunningWorker | undefined;

  before(async () => {
    ground = await newGround({}, tasks);
    api = await startApi(ground, { APP_PUBLIC_BASE_URL: "https://milepost.example/base/" });
  });
  afterEach(async () => {
    await worker?.end();
    worker = undefined;
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  const make = async (title = "Complete Flow Test", more: object = {}): Promise<Readonly<Record<string, unknown>>> => {
    const { status, body, text } = await api.call("POST", "/tasks", { body: { title, ...more } });
    assert.equal(status, 201, text);
    return body;
  };
  const get = async (id: unknown) => (await api.call("GET", `/tasks/${id}`)).body;
  const becomes = (id: unknown, status: string) =>
    eventually(async () => {
      const task = await get(id);
      assert.equal(task.status, status);
      return task;
    }, 15_000);
  const titles = async (address: string): Promise<string[]> => {
    const { body } = await api.call("GET", address);
    assert.ok(Array.isArray(body.tasks));
    return body.tasks.map(({ title }: Record<string, unknown>) => String(title));
  };

  it("are made pending, with what was said of them, and have an execution of their own", async () => {
    // Act
    const { status, body, headers } = await api.call("POST", "/tasks", {
      body: { title: "  Complete Flow Test ", description: "Testing\nend-to-end" },
    });

    // Assess
    const { id, created_at: createdAt, ...rest } = body;
    assert.equal(status, 201);
    assert.deepEqual(rest, {
      title: "Complete Flow Test",
      description: "Testing\nend-to-end",
      status: "pending",
      result: null,
      updated_at: createdAt,
    });
    assert.ok(Math.abs(Date.parse(String(createdAt)) - Date.now()) < 60_000);
    assert.equal(headers.get("location"), `https://milepost.example/base/tasks/${id}`);
    const arn = executionArn(ground.stateMachineArn, `${id}-1`);
    const execution = await aws().sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
    assert.equal(execution.status, "RUNNING");
    assert.deepEqual(parseInput(execution.input ?? "").details, { title: "Complete Flow Test", description: "Testing\nend-to-end" });
    assert.deepEqual(await get(id), body);
  });

  it("are shown as they are once they are done: with their result, and when that was", async () => {
    // Prepare
    const { id } = await make("Print", { description: "in colour" });
    worker = startWorker(ground);

    // Act
    const done = await becomes(id, "completed");

    // Assess
    assert.match(String(done.result), /^Processed task 'Print' at \S+ with description: in colour$/);
    assert.ok(Date.parse(String(done.updated_at)) >= Date.parse(String(done.created_at)));
    const { body } = await api.call("GET", `/tasks/${id}/history?limit=2`);
    const next = await api.call("GET", `/tasks/${id}/history?limit=2&token=${body.next_page_token}`);
    assert.ok(Array.isArray(body.history) && Array.isArray(next.body.history));
    assert.deepEqual(
      [...body.history, ...next.body.history].map(({ type }: Record<string, unknown>) => type),
      ["task.created", "task.processing", "task.completed"],
    );
    assert.equal(next.body.next_page_token, undefined);
  });

  it("tell why they have failed, and no longer once they are redriven and done", async () => {
    // Prepare
    let isBroken = true;
    const { id } = await make("Print");
    worker = startWorker(
      ground,
      {
        UpdateItemCommand: (input: object) => {
          const isCompletion = "UpdateExpression" in input && String(input.UpdateExpression).includes("#own0");
          if (isBroken && isCompletion && JSON.stringify(input).includes('"completed"')) throw new Error("no paper");
        },
      },
      () => 0,
    );
    const failed = await becomes(id, "failed");
    isBroken = false;

    // Act
    const headers = { authorization: "Bearer the-tests-admin-token" };
    const { body } = await api.call("POST", "/dlq/redrive", { headers, body: { id: `EVENT#tasks#${id}-1` } });
    const done = await becomes(id, "completed");

    // Assess
    assert.equal(failed.reason, "3 attempts failed, the last one because: no paper");
    assert.deepEqual([failed.result, body.outcome], [null, "redriven"]);
    assert.equal("reason" in done, false);
    assert.match(String(done.result), /^Processed task 'Print' at /);
  });

  it("are listed newest first, those of one status or all, in pages", async () => {
    // Prepare
    const names = ["list 1", "list 2", "list 3"];
    for (const name of names) await make(name);
    const newest = names.toReversed();
    await eventually(async () => assert.deepEqual((await titles("/tasks?limit=3")).slice(0, 3), newest));

    // Act
    const { body } = await api.call("GET", "/tasks?status=pending&limit=2");
    const rest = await titles(`/tasks?status=pending&limit=1&token=${body.next_page_token}`);

    // Assess
    assert.ok(Array.isArray(body.tasks));
    assert.deepEqual([...body.tasks.map(({ title }: Record<string, unknown>) => title), ...rest], newest);
    assert.ok(!(await titles("/tasks?status=completed&limit=100")).includes("list 1"));
  });

  it("are made once under one Idempotency-Key", async () => {
    // Act
    const ask = { headers: { "idempotency-key": "print-once" }, body: { title: "Print once" } };
    const first = await api.call("POST", "/tasks", ask);
    const again = await api.call("POST", "/tasks", ask);

    // Assess
    assert.deepEqual([again.status, again.text], [201, first.text]);
    assert.equal(again.headers.get("idempotent-replayed"), "true");
  });

  it("take a title in one line, and perhaps a description of at most 2000 characters", async () => {
    const refused: readonly [unknown, string[]][] = [
      [{}, ["/title required"]],
      [{ title: 7, description: 7 }, ["/title type", "/description type"]],
      [{ title: " ", description: "x".repeat(2_001) }, ["/title min", "/description max"]],
      [{ title: "x".repeat(201) }, ["/title max"]],
      [{ title: "two\nlines" }, ["/title characters"]],
      [{ title: "x", description: "bell \u0007" }, ["/description characters"]],
      ['{"title":"x","description":"half \\ud800"}', ["/description unicode"]],
      [{ title: "x", status: "completed" }, ["/status unknown"]],
      [[], ["/ type"]],
    ];
    for (const [body, expected] of refused)
      assert.deepEqual(complaints(await api.call("POST", "/tasks", { body })), expected, JSON.stringify(body));
    assert.equal((await make("x".repeat(200), { description: "y".repeat(2_000) })).status, "pending");
    for (const description of [undefined, null, ""]) assert.equal((await make("none", { description })).description, null);
  });

  it("refuse what no task can be asked for by", async () => {
    assert.equal((await api.call("GET", "/tasks/none")).status, 404);
    assert.equal((await api.call("GET", "/tasks/none/history")).status, 404);
    assert.equal((await api.call("GET", `/tasks/${"x".repeat(49)}`)).status, 400);
    assert.deepEqual(complaints(await api.call("GET", "/tasks?status=PENDING&limit=0")), ["status choice", "limit range"]);
    assert.deepEqual(complaints(await api.call("GET", "/tasks?token=forged")), ["token cursor"]);
  });

  it("are the administrator's to make where this is not somebody's own machine", async () => {
    // Prepare
    const services = ["DYNAMODB_ENDPOINT", "SQS_ENDPOINT", "STEPFUNCTIONS_ENDPOINT"];
    const elsewhere = Object.fromEntries(services.map((name) => [name, endpointUrl()]));
    const strict = await startApi(ground, { MILEPOST_MODE: "aws", AWS_ENDPOINT_URL: "", ...elsewhere });

    // Act
    const { status } = await strict.call("POST", "/tasks", { body: { title: "Print" } });
    await strict.stop();

    // Assess
    assert.equal(status, 401);
  });

  it("cost two calls to make", async () => {
    // Act
    api.sent.length = 0;
    await make();

    // Assess
    assert.deepEqual(api.sent, ["PutItem", "StartExecution"]);
  });
});
