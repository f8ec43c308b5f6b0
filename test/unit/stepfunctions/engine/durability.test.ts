import assert from "node:assert/strict";
import fc from "fast-check";
import { AwsError } from "../../../../local/errors.ts";
import type { Json, JsonObject } from "../../../../local/json.ts";
import { answers, BLUE, INPUT, machines, RED } from "../support/machines.ts";
import { outputOfExecution, QUEUE, refused, SEND, START, WAITS, World } from "../support/world.ts";

/** The errors of SQS that Step Functions names so. */
const REFUSALS: Readonly<Record<string, string>> = { [RED]: "OverLimit", [BLUE]: "ValidationError" };

/** What came of a random machine, without what is new each time: tokens and request ids. */
interface Course {
  ending: Json;
  events: string[];
  sent: number;
}

/** Runs a machine to its end, its workers answering by the script; `between` happens after every call and every timer. */
async function course(machine: JsonObject, script: readonly string[], between: (world: World) => void): Promise<Course> {
  const answerTo = (number: number) => script[number % script.length] ?? "good";
  const refuse = (sent: number) => {
    // Time is part of the choice, so that a call refused once may be taken when it is retried.
    const code = REFUSALS[answerTo(sent + Math.floor((Date.now() - START) / 1000))];
    return code === undefined ? undefined : new AwsError(code, "Refused by the script.");
  };
  const world = new World({ refuse });
  try {
    world.afterEachStep = () => between(world);
    const execution = await world.run(machine, INPUT);
    between(world);
    do {
      for (let message = await world.receiveIfAny(); message !== undefined; message = await world.receiveIfAny()) {
        if (message.body === "plain") continue;
        await answer(world, message.body, answerTo(message.id));
        between(world);
      }
    } while (await world.advanceToNextTimer());
    return await summary(world, execution);
  } finally {
    world.close();
  }
}

/** An answer that comes after the end of its task, because another branch failed, is refused; that is part of the course. */
async function answer(world: World, taskToken: string, how: string): Promise<void> {
  if (how === "none") return;
  const call =
    how === "good"
      ? world.call("SendTaskSuccess", { taskToken, output: '"good"' })
      : world.call("SendTaskFailure", { taskToken, error: how });
  await call.catch((error: unknown) => assert.equal(error instanceof AwsError && error.code, "TaskTimedOut"));
}

async function summary(world: World, execution: string): Promise<Course> {
  const { status, output = null, error = null, cause = null, stopDate = null } = await world.describe(execution);
  const events = (await world.history(execution)).map(
    ({ id, previous, type, at, details }) => `${id}←${previous} ${type} +${at - START} ${lasting(details)}`,
  );
  return { ending: [status ?? null, lasting(output), error, lasting(cause), stopDate], events, sent: world.sent().length };
}

function lasting(value: Json): string {
  const text = JSON.stringify(value);
  return text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "request").replace(/[A-Za-z0-9+/]{62}==/g, "token");
}

describe("the engine on its data file", () => {
  const options = { numRuns: 50 };

  it("takes random machines to the same end by the same history when it is restarted or killed after every step", async () => {
    await fc.assert(
      fc.asyncProperty(machines(2), answers, fc.boolean(), async (machine, script, killed) => {
        const whole = await course(machine, script, () => {});
        const interrupted = await course(machine, script, (world) => (killed ? world.kill() : world.restart()));
        assert.match(String((whole.ending as Json[])[0]), /^(SUCCEEDED|FAILED)$/);
        assert.deepEqual(interrupted, whole);
      }),
      options,
    );
  }).timeout(120_000);

  it("sends one message for each task whose sending is in the history", async () => {
    await fc.assert(
      fc.asyncProperty(machines(2), answers, async (machine, script) => {
        const { events, sent } = await course(machine, script, () => {});
        const taken = events.filter((event) => / TaskSubmitted | TaskSucceeded .*"resource":"sendMessage"/.test(event));
        assert.equal(sent, taken.length);
      }),
      options,
    );
  }).timeout(60_000);
});

describe("an execution whose process ends", () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  afterEach(() => world.close());

  it("goes on at once with what came due meanwhile, and later with what was not due", async () => {
    // Prepare
    const waits = (Seconds: number) => ({ Type: "Wait", Seconds, End: true });
    const branches = [10, 60].map((seconds) => ({ StartAt: `W${seconds}`, States: { [`W${seconds}`]: waits(seconds) } }));
    const execution = await world.run({ StartAt: "P", States: { P: { Type: "Parallel", Branches: branches, End: true } } });

    // Act
    world.restart(40_000);
    await world.settle();

    // Assess
    const exited = async () =>
      (await world.history(execution)).filter((event) => event.type === "WaitStateExited").map((event) => event.at - START);
    assert.deepEqual(await exited(), [40_000]);
    await world.advance(20_000);
    assert.deepEqual(await exited(), [40_000, 60_000]);
    assert.equal(await world.statusOf(execution), "SUCCEEDED");
  });

  it("times out, misses its heartbeat and tries again by timers that came due meanwhile", async () => {
    // Prepare
    const Retry = [{ ErrorEquals: ["Broken"], IntervalSeconds: 30 }];
    const states: [string, JsonObject][] = [
      ["whole", { StartAt: "W", TimeoutSeconds: 20, States: { W: WAITS } }],
      ["task", { StartAt: "W", States: { W: { ...WAITS, TimeoutSeconds: 20 } } }],
      ["heartbeat", { StartAt: "W", States: { W: { ...WAITS, HeartbeatSeconds: 20 } } }],
      ["retry", { StartAt: "W", States: { W: { ...WAITS, Retry } } }],
    ];
    const started: string[] = [];
    for (const [name, definition] of states) started.push(await world.start(await world.create(definition, name)));
    const token = world.sent().at(-1)?.body ?? "";
    await world.call("SendTaskFailure", { taskToken: token, error: "Broken" });

    // Act
    world.restart(30_000);
    await world.settle();

    // Assess
    const statuses = await Promise.all(started.map((execution) => world.statusOf(execution)));
    assert.deepEqual(statuses, ["TIMED_OUT", "FAILED", "FAILED", "RUNNING"]);
    assert.equal(world.sent().length, 5, "the retry has sent its message anew");
  });

  it("serves hundreds of timers that came due meanwhile", async () => {
    // Prepare
    const machine = await world.create({ StartAt: "W", States: { W: { Type: "Wait", Seconds: 5, End: true } } });
    await Promise.all(Array.from({ length: 350 }, (_, index) => world.start(machine, {}, `run-${index}`)));

    // Act
    world.restart(5_000);
    await world.settle();

    // Assess
    const { executions } = await world.call("ListExecutions", { stateMachineArn: machine, statusFilter: "SUCCEEDED", maxResults: 1000 });
    assert.equal((executions as Json[]).length, 350);
  });

  it("has not begun where its start was not committed, and may be started again", async () => {
    // Prepare
    const stateMachineArn = await world.create({ StartAt: "W", States: { W: WAITS } });

    // Act
    const lost = world.call("StartExecution", { stateMachineArn, name: "run" });
    world.kill();
    await lost;

    // Assess
    assert.deepEqual([world.sent(), (await world.call("ListExecutions", { stateMachineArn })).executions], [[], []]);
    await world.start(stateMachineArn);
    assert.equal(world.sent().length, 1);
  });

  it("still waits where its token's answer was not committed, and takes it again", async () => {
    // Prepare
    const execution = await world.run({ StartAt: "W", States: { W: WAITS } });
    const taskToken = await world.receive();

    // Act
    const lost = world.call("SendTaskSuccess", { taskToken, output: '"first"' });
    world.kill();
    await lost;

    // Assess
    assert.equal(await world.statusOf(execution), "RUNNING");
    await world.call("SendTaskSuccess", { taskToken, output: '"second"' });
    assert.equal(await outputOfExecution(world, execution), '"second"');
  });

  it("keeps what was acknowledged: a call repeated after the restart is told so", async () => {
    // Prepare
    const definition = {
      StartAt: "S",
      States: { S: { Type: "Task", Resource: SEND, Parameters: { QueueUrl: QUEUE, MessageBody: "m" }, Next: "W" }, W: WAITS },
    };
    const execution = await world.run(definition);
    world.kill();

    // Act
    const again = await world.start(String((await world.describe(execution)).stateMachineArn));
    await world.receive();
    const taskToken = await world.receive();
    await world.call("SendTaskSuccess", { taskToken, output: "1" });
    world.kill();

    // Assess
    assert.equal(again, execution);
    await refused(world.call("SendTaskSuccess", { taskToken, output: "1" }), "TaskTimedOut");
    assert.equal(world.sent().length, 2);
  });

  it("that takes many steps at once goes on where it was between two of them", async () => {
    // Prepare
    const states: JsonObject = {
      A: { Type: "Pass", Parameters: { "n.$": "States.MathAdd($.n, 1)" }, Next: "B" },
      B: { Type: "Choice", Choices: [{ Variable: "$.n", NumericLessThan: 2_000, Next: "A" }], Default: "C" },
      C: { Type: "Succeed" },
    };
    const execution = await world.run({ StartAt: "A", States: states }, { n: 0 });
    let between = 0;

    // Act
    world.afterEachStep = () => {
      between++;
      world.kill();
    };
    await world.settle();

    // Assess
    assert.equal(await outputOfExecution(world, execution), '{"n":2000}');
    assert.ok(between > 10, `it was killed ${between} times`);
  });
});
