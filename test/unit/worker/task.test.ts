import assert from "node:assert/strict";
import { InvalidToken, SFNClient, TaskDoesNotExist, TaskTimedOut } from "@aws-sdk/client-sfn";
import { NO_TRACER } from "../../../config/tracing.ts";
import { type ChangeEvent, newEvent } from "../../../domain/event.ts";
import { Counters } from "../../../worker/counters.ts";
import type { Message } from "../../../worker/queue.ts";
import { Refused, type Step, Unusable, type WorkerKind, type WorkQueue } from "../../../worker/step.ts";
import { handleTask } from "../../../worker/task.ts";
import { type CapturedLog, captureLog } from "../../support/log.ts";
import { fakeLedger } from "./support/fake-kind.ts";
import { pass, passUntil, withFakeTime } from "./support/time.ts";

const TOKEN = "the-token-of-a-task";
const event: ChangeEvent = newEvent({
  kind: "requests",
  id: "r1",
  version: 2,
  from: "PENDING",
  to: "IN_PROGRESS",
  changedAt: "2026-01-01T00:00:00.000Z",
  changeId: "c1",
  type: "request.status-changed",
});

describe("A message that is a step of a workflow", () => {
  withFakeTime();
  let answers: { readonly command: string; readonly input: object }[];
  let answer: (command: string) => unknown;
  let sfn: SFNClient;
  let run: Step["run"];
  let takeOther: WorkQueue["takeOther"];
  let counters: Counters;
  let log: CapturedLog;

  beforeEach(() => {
    answers = [];
    answer = () => ({});
    counters = new Counters();
    log = captureLog();
    takeOther = undefined;
    run = async () => ({ eventId: event.eventId });
    sfn = new SFNClient({ region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } });
    sfn.middlewareStack.add(
      (_, { commandName }) =>
        async ({ input }) => {
          answers.push({ command: String(commandName), input });
          await answer(String(commandName));
          return { output: { $metadata: {} }, response: {} };
        },
      { step: "initialize", name: "answer" },
    );
  });
  afterEach(() => sfn.destroy());

  const message = (fields: object = {}): Message => {
    const body = JSON.stringify({ v: 1, step: "writeHistory", taskToken: TOKEN, execution: event.eventId, event, ...fields });
    return { id: "m1", receiptHandle: "h1", body, receives: 1 };
  };
  const handle = (one: Message): Promise<void> => {
    const step: Step = { run: (task, context) => run(task, context), findDone: async () => undefined };
    const queue: WorkQueue = {
      url: "http://sqs.test/requests",
      deadLettersUrl: "http://sqs.test/letters",
      steps: new Map([["writeHistory", step]]),
      ...(takeOther && { takeOther }),
    };
    const stateMachineArn = "arn:aws:states:us-east-1:000000000000:stateMachine:requests";
    const kind: WorkerKind = { ledger: fakeLedger(), stateMachineArn, queues: [queue] };
    return handleTask(
      { kind, queue, sfn, beatSeconds: 60, logger: log.logger, counters, tracer: NO_TRACER },
      one,
      new AbortController().signal,
    );
  };

  it("is not taken for one where it has no token and its queue takes others' messages", async () => {
    // Prepare
    const taken: string[] = [];
    takeOther = async ({ body }) => {
      taken.push(body);
    };
    const other = { id: "m1", receiptHandle: "h1", body: '{"order_id":"o1"}', receives: 1 };
    // Act
    await handle(other);
    await handle(message());
    // Assess
    assert.deepEqual(taken, [other.body]);
    assert.deepEqual(
      answers.map(({ command }) => command),
      ["SendTaskSuccessCommand"],
    );
  });

  it("tells its execution that it failed where the step refuses, and is done with", async () => {
    // Prepare
    run = async () => {
      throw new Refused("RunClosed", "The run was closed.");
    };
    // Act
    await handle(message());
    // Assess
    const input = { taskToken: TOKEN, error: "RunClosed", cause: "The run was closed." };
    assert.deepEqual(answers, [{ command: "SendTaskFailureCommand", input }]);
  });

  it("is answered with the step's output after the step was done, once", async () => {
    // Prepare
    run = async () => {
      assert.deepEqual(answers, []);
      return { entry: 1 };
    };
    // Act
    await handle(message());
    // Assess
    assert.deepEqual(answers, [{ command: "SendTaskSuccessCommand", input: { taskToken: TOKEN, output: '{"entry":1}' } }]);
    assert.equal(counters.get("worker_processed_total"), 1);
  });

  it("is not answered where its step fails", async () => {
    run = () => Promise.reject(new Error("The table is gone."));
    await assert.rejects(handle(message()), /The table is gone/);
    assert.deepEqual(answers, []);
  });

  for (const Stale of [TaskTimedOut, TaskDoesNotExist, InvalidToken]) {
    it(`is acknowledged where its token is told to be no good (${Stale.name}), and that is counted`, async () => {
      // Prepare
      answer = () => {
        throw new Stale({ message: "no", $metadata: {} });
      };
      // Act
      await handle(message());
      // Assess
      assert.equal(counters.get("worker_stale_tokens_total"), 1);
      assert.equal(counters.get("worker_processed_total"), 0);
    });
  }

  it("fails where the answer does not arrive, so that it comes again", async () => {
    answer = () => {
      throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    };
    await assert.rejects(handle(message()), /socket hang up/);
  });

  const unusable: readonly [string, object, RegExp][] = [
    ["a step there is not", { step: "payInvoice" }, /There is no step payInvoice for requests\./],
    ["no token", { taskToken: undefined }, /The message's taskToken is not one\./],
    ["no event", { event: { id: "r1" } }, /The event's version is not a version\./],
    ["an event of another kind", { event: { ...event, kind: "orders" } }, /about a record of kind orders, not of requests\./],
  ];
  for (const [what, fields, reason] of unusable) {
    it(`is unusable with ${what}, and says why`, async () => {
      await assert.rejects(handle(message(fields)), (error) => error instanceof Unusable && reason.test(error.message));
      assert.deepEqual(answers, []);
    });
  }

  describe("whose step takes long", () => {
    const long = () => new Promise<string>((resolve) => setTimeout(() => resolve("done"), 200_000));

    it("beats its token each minute, until the step is done", async () => {
      // Prepare
      run = long;
      // Act
      await passUntil(handle(message()), 1_000);
      await pass(200_000, 1_000);
      // Assess
      const beat = "SendTaskHeartbeatCommand";
      assert.deepEqual(
        answers.map(({ command }) => command),
        [beat, beat, beat, "SendTaskSuccessCommand"],
      );
    });

    it("goes on where a beat fails", async () => {
      // Prepare
      run = long;
      answer = (command) => {
        if (command === "SendTaskHeartbeatCommand") throw new Error("socket hang up");
      };
      // Act
      await passUntil(handle(message()), 1_000);
      // Assess
      assert.equal(answers.length, 4);
    });

    it("beats no more once nobody waits for it, and finishes its step all the same", async () => {
      // Prepare
      run = long;
      answer = () => {
        throw new TaskTimedOut({ message: "no", $metadata: {} });
      };
      // Act
      await passUntil(handle(message()), 1_000);
      // Assess
      assert.deepEqual(
        answers.map(({ command }) => command),
        ["SendTaskHeartbeatCommand", "SendTaskSuccessCommand"],
      );
    });
  });

  it("lets no token into the log", async () => {
    // Prepare
    run = async (_, { logger }) => logger.info("at work");
    // Act
    await handle(message());
    // Assess
    assert.ok(log.lines.length > 0 && !JSON.stringify(log.lines).includes(TOKEN));
  });
});
