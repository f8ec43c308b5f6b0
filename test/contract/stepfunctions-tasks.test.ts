import assert from "node:assert/strict";
import { SendTaskSuccessCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws } from "./support/endpoint.ts";
import {
  beat,
  createMachine,
  createQueue,
  deleteAll,
  describeExecution,
  ended,
  fail,
  output,
  start,
  succeed,
  take,
  waitsFor,
} from "./support/stepfunctions.ts";

describe("A task that waits for its token", function () {
  this.timeout(60_000);
  let queueUrl: string;
  let machine: string;

  before(async () => {
    queueUrl = await createQueue();
    machine = await createMachine({ StartAt: "Waits", States: { Waits: waitsFor(queueUrl, { End: true }) } });
  });

  after(deleteAll);

  /** A machine of one waiting state, that catches what is given into its end. */
  function waiting(more: object, caught?: string) {
    const Catch = caught === undefined ? {} : { Catch: [{ ErrorEquals: [caught], Next: "Caught" }] };
    const States = { Waits: waitsFor(queueUrl, { ...more, ...Catch, End: true }), Caught: { Type: "Pass", End: true } };
    return createMachine({ StartAt: "Waits", States: caught === undefined ? { Waits: States.Waits } : States });
  }

  it("ends with what its worker answers", async () => {
    const executionArn = await start(machine, { n: 1 });
    const { token, input } = await take(queueUrl);
    assert.deepEqual(input, { n: 1 });
    assert.equal((await describeExecution(executionArn)).status, "RUNNING");
    await succeed(token, { done: true });
    assert.deepEqual(await output(executionArn), { done: true });
  });

  it("fails with what its worker says, which may be nothing", async () => {
    const executionArn = await start(machine);
    await fail((await take(queueUrl)).token, "Broken", "as it does");
    const { status, error, cause } = await ended(executionArn);
    assert.deepEqual([status, error, cause], ["FAILED", "Broken", "as it does"]);
  });

  it("is retried after a failure, under a new token", async () => {
    const Retry = [{ ErrorEquals: ["Broken"], IntervalSeconds: 1, MaxAttempts: 1, JitterStrategy: "FULL" }];
    const executionArn = await start(await waiting({ Retry }));
    const first = await take(queueUrl);
    await fail(first.token, "Broken");
    const second = await take(queueUrl);
    await awsExpects(
      async () => {
        assert.notEqual(second.token, first.token);
        await succeed(second.token, "second");
        assert.equal(await output(executionArn), "second");
      },
      whereLocalStack("token-is-kept-over-retries", async () => {
        assert.equal(second.token, first.token);
        await assert.rejects(succeed(second.token, "second"), { name: "InvalidToken" });
      }),
    );
  });

  it("times out", async () => {
    const executionArn = await start(await waiting({ TimeoutSeconds: 1 }, "States.Timeout"));
    const { token } = await take(queueUrl);
    assert.equal(((await output(executionArn)) as { Error: string }).Error, "States.Timeout");
    await awsExpects(
      () => assert.rejects(succeed(token, 1), { name: "TaskTimedOut" }),
      whereLocalStack("token-of-a-timed-out-task-is-invalid", () => assert.rejects(succeed(token, 1), { name: "InvalidToken" })),
    );
  });

  it("is given up where its worker misses a heartbeat", async () => {
    const executionArn = await start(await waiting({ TimeoutSeconds: 30, HeartbeatSeconds: 2 }, "States.HeartbeatTimeout"));
    const { token } = await take(queueUrl);
    await beat(token);
    const { status, error } = await ended(executionArn);
    await awsExpects(
      () => assert.equal(status, "SUCCEEDED"),
      whereLocalStack("heartbeat-ends-as-timeout", () => assert.deepEqual([status, error], ["FAILED", "States.Timeout"])),
    );
  });

  it("takes a beat without a heartbeat to keep", async () => {
    const executionArn = await start(machine);
    const { token } = await take(queueUrl);
    await awsExpects(
      async () => void (await beat(token)),
      whereLocalStack("heartbeat-needs-heartbeat-seconds", () => assert.rejects(beat(token), { name: "InvalidToken" })),
    );
    await succeed(token, 1);
    assert.equal(await output(executionArn), 1);
  });

  it("takes one answer: what is said by a used token is refused", async () => {
    const executionArn = await start(machine);
    const { token } = await take(queueUrl);
    await succeed(token, "first");
    assert.equal(await output(executionArn), "first");
    const used = { name: "TaskTimedOut", message: /^Task Timed Out: / };
    await awsExpects(
      () => assert.rejects(succeed(token, "second"), used),
      whereLocalStack("used-token-is-invalid", () => assert.rejects(succeed(token, "second"), { name: "InvalidToken" })),
    );
    await awsExpects(
      () => assert.rejects(fail(token, "Late"), used),
      whereLocalStack("late-task-failure-is-accepted", async () => void (await fail(token, "Late"))),
    );
    assert.equal(await output(executionArn), "first");
  });

  it("knows its token from any other text", async () => {
    const calls = [succeed("foreign", 1), fail("foreign"), beat("foreign")];
    await Promise.all(calls.map((call) => assert.rejects(call, { name: "InvalidToken" })));
  });

  it("goes on waiting where an answer is no JSON", async () => {
    const executionArn = await start(machine);
    const { token: taskToken } = await take(queueUrl);
    const call = () => aws().sfn.send(new SendTaskSuccessCommand({ taskToken, output: "{" }));
    await awsExpects(
      async () => {
        await assert.rejects(call(), { name: "InvalidOutput" });
        await succeed(taskToken, "good");
        assert.equal(await output(executionArn), "good");
      },
      whereLocalStack("bad-output-fails-the-execution", async () => {
        await call();
        assert.equal((await ended(executionArn)).status, "FAILED");
      }),
    );
  });

  it("ends with its execution where that is stopped", async () => {
    const executionArn = await start(machine);
    const { token } = await take(queueUrl);
    await aws().sfn.send(new StopExecutionCommand({ executionArn, error: "Enough", cause: "said so" }));
    await awsExpects(
      async () => {
        const { status, error, cause } = await describeExecution(executionArn);
        assert.deepEqual([status, error, cause], ["ABORTED", "Enough", "said so"]);
        await assert.rejects(succeed(token, 1), { name: "TaskTimedOut" });
      },
      whereLocalStack("stop-leaves-a-waiting-token-running", async () => {
        assert.equal((await describeExecution(executionArn)).status, "RUNNING");
        await succeed(token, 1);
      }),
    );
  });
});
