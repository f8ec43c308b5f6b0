import assert from "node:assert/strict";
import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws, eventually, uniqueName } from "./support/endpoint.ts";
import {
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

describe("Executions", function () {
  this.timeout(60_000);
  let queueUrl: string;
  /** Its executions end at once. */
  let quick: string;
  /** Its executions wait for a token. */
  let waiting: string;

  before(async () => {
    queueUrl = await createQueue();
    quick = await createMachine({ StartAt: "Done", States: { Done: { Type: "Succeed" } } });
    waiting = await createMachine({ StartAt: "Waits", States: { Waits: waitsFor(queueUrl, { End: true }) } });
  });

  after(deleteAll);

  function startWith(stateMachineArn: string, name: string, input?: string) {
    return aws().sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  }

  it("are described with their times, input and output", async () => {
    const name = uniqueName("run");
    const executionArn = await start(quick, { n: 1 }, name);
    const described = await ended(executionArn);
    assert.equal(executionArn, `${quick.replace(":stateMachine:", ":execution:")}:${name}`);
    assert.deepEqual(
      [described.executionArn, described.stateMachineArn, described.name, described.status, described.input, described.output],
      [executionArn, quick, name, "SUCCEEDED", '{"n":1}', '{"n":1}'],
    );
    assert.deepEqual([described.inputDetails?.included, described.outputDetails?.included], [true, true]);
    assert.ok(described.startDate instanceof Date && described.stopDate instanceof Date && described.startDate <= described.stopDate);
  });

  it("are started once by the same call repeated while they run, and by no other of that name", async () => {
    const name = uniqueName("run");
    const first = await startWith(waiting, name, '{"n":1}');
    const second = await startWith(waiting, name, '{"n":1}');
    assert.equal(second.executionArn, first.executionArn);
    assert.deepEqual(second.startDate, first.startDate);
    await assert.rejects(startWith(waiting, name, '{"n":2}'), { name: "ExecutionAlreadyExists" });
    await succeed((await take(queueUrl)).token, 1);
    await ended(first.executionArn ?? "");
    await assert.rejects(startWith(waiting, name, '{"n":1}'), { name: "ExecutionAlreadyExists" });
  });

  it("are refused with a bad name, input or machine", async () => {
    const spaced = uniqueName("with a space");
    await awsExpects(
      () => assert.rejects(startWith(quick, spaced), { name: "InvalidName" }),
      whereLocalStack("names-may-have-spaces", async () => void (await startWith(quick, spaced))),
    );
    await assert.rejects(startWith(quick, uniqueName("run"), "{"), { name: "InvalidExecutionInput" });
    await assert.rejects(startWith(`${quick}x`, uniqueName("run")), { name: "StateMachineDoesNotExist" });
    const large = `"${"x".repeat(262_143)}"`;
    await awsExpects(
      () => assert.rejects(startWith(quick, uniqueName("run"), large), { name: "ValidationException" }),
      whereLocalStack("input-size-is-not-limited", async () => void (await startWith(quick, uniqueName("run"), large))),
    );
  });

  it("that are not there are said to be so by every operation", async () => {
    const executionArn = `${quick.replace(":stateMachine:", ":execution:")}:absent`;
    const message = `Execution Does Not Exist: '${executionArn}'`;
    const calls = [
      aws().sfn.send(new DescribeExecutionCommand({ executionArn })),
      aws().sfn.send(new GetExecutionHistoryCommand({ executionArn })),
      aws().sfn.send(new StopExecutionCommand({ executionArn })),
      aws().sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
    ];
    await Promise.all(calls.map((call) => assert.rejects(call, { name: "ExecutionDoesNotExist", message })));
  });

  it("are listed from the newest on, page by page and by status", async () => {
    const machine = await createMachine({ StartAt: "Done", States: { Done: { Type: "Succeed" } } });
    const names: string[] = [];
    for (let number = 0; number < 3; number++) {
      const executionArn = await start(machine, {}, uniqueName("listed"));
      names.unshift(executionArn.split(":").at(-1) ?? "");
      await ended(executionArn);
    }
    const list = (input: { maxResults?: number; nextToken?: string; statusFilter?: "FAILED" | "SUCCEEDED" }) =>
      aws().sfn.send(new ListExecutionsCommand({ stateMachineArn: machine, ...input }));
    const first = await list({ maxResults: 2 });
    const second = await list({ maxResults: 2, nextToken: first.nextToken });
    const listed = [...(first.executions ?? []), ...(second.executions ?? [])];
    assert.deepEqual(
      listed.map(({ name }) => name),
      names,
    );
    assert.equal(second.nextToken, undefined);
    assert.equal((await list({ statusFilter: "SUCCEEDED" })).executions?.length, 3);
    assert.equal((await list({ statusFilter: "FAILED" })).executions?.length, 0);
  });

  it("go on by the definition they began with, and are described by it", async () => {
    const definition = {
      StartAt: "Waits",
      States: { Waits: waitsFor(queueUrl, { Next: "Old" }), Old: { Type: "Pass", Result: "old", End: true } },
    };
    const stateMachineArn = await createMachine(definition);
    const executionArn = await start(stateMachineArn);
    const { token } = await take(queueUrl);
    const changed = JSON.stringify({ StartAt: "New", States: { New: { Type: "Pass", Result: "new", End: true } } });
    await aws().sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: changed }));
    await succeed(token, 1);
    assert.equal(await output(executionArn), "old");
    const described = await aws().sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
    assert.equal(described.definition, JSON.stringify(definition));
    await eventually(async () => assert.equal(await output(await start(stateMachineArn)), "new"));
  });

  it("that are stopped while they wait for a moment are aborted", async () => {
    const machine = await createMachine({ StartAt: "Waits", States: { Waits: { Type: "Wait", Seconds: 60, End: true } } });
    const executionArn = await start(machine);
    await eventually(async () => {
      const { events } = await aws().sfn.send(new GetExecutionHistoryCommand({ executionArn }));
      assert.equal(events?.at(-1)?.type, "WaitStateEntered");
    });
    await aws().sfn.send(new StopExecutionCommand({ executionArn, error: "Enough", cause: "said so" }));
    const { status, error, cause } = await ended(executionArn);
    assert.equal(status, "ABORTED");
    await awsExpects(
      () => assert.deepEqual([error, cause], ["Enough", "said so"]),
      whereLocalStack("stop-reasons-are-lost", () => assert.deepEqual([error, cause], [undefined, undefined])),
    );
  });

  it("time out as a whole", async () => {
    const machine = await createMachine({
      TimeoutSeconds: 1,
      StartAt: "Waits",
      States: { Waits: { Type: "Wait", Seconds: 60, End: true } },
    });
    assert.equal((await ended(await start(machine))).status, "TIMED_OUT");
  });

  it("that failed are redriven from where they failed", async () => {
    const executionArn = await start(waiting, { n: 1 });
    const redrive = () => aws().sfn.send(new RedriveExecutionCommand({ executionArn }));
    await fail((await take(queueUrl)).token, "Broken");
    assert.equal((await ended(executionArn)).status, "FAILED");
    await awsExpects(
      async () => {
        assert.equal((await describeExecution(executionArn)).redriveStatus, "REDRIVABLE");
        assert.ok((await redrive()).redriveDate instanceof Date);
        await succeed((await take(queueUrl)).token, "second");
        assert.equal(await output(executionArn), "second");
        assert.equal((await describeExecution(executionArn)).redriveCount, 1);
        await assert.rejects(redrive(), { name: "ExecutionNotRedrivable" });
      },
      whereLocalStack("redrive-needs-a-licence", () => assert.rejects(redrive(), { name: "InternalFailure" })),
    );
  });
});
