import assert from "node:assert/strict";
import { GetExecutionHistoryCommand, type HistoryEvent } from "@aws-sdk/client-sfn";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws } from "./support/endpoint.ts";
import {
  createMachine,
  createQueue,
  deleteAll,
  ended,
  fail,
  historyOf,
  shapes,
  start,
  succeed,
  take,
  waitsFor,
} from "./support/stepfunctions.ts";

describe("The history of an execution", function () {
  this.timeout(60_000);
  after(deleteAll);

  async function historyOfRun(definition: object, input: unknown = {}): Promise<HistoryEvent[]> {
    const executionArn = await start(await createMachine(definition), input);
    await ended(executionArn);
    return historyOf(executionArn);
  }

  it("tells of each state that was entered and left, with what it got and gave", async () => {
    const States = { First: { Type: "Pass", Result: 1, ResultPath: "$.one", Next: "Done" }, Done: { Type: "Succeed" } };
    const history = await historyOfRun({ StartAt: "First", States }, { a: 0 });
    assert.deepEqual(shapes(history), [
      "1←0 ExecutionStarted",
      "2←0 PassStateEntered",
      "3←2 PassStateExited",
      "4←3 SucceedStateEntered",
      "5←4 SucceedStateExited",
      "6←5 ExecutionSucceeded",
    ]);
    const [started, entered, exited] = history;
    assert.equal(entered?.stateEnteredEventDetails?.name, "First");
    const texts = [
      started?.executionStartedEventDetails?.input,
      entered?.stateEnteredEventDetails?.input,
      exited?.stateExitedEventDetails?.output,
      history.at(-1)?.executionSucceededEventDetails?.output,
    ];
    await awsExpects(
      () => assert.deepEqual(texts, ['{"a":0}', '{"a":0}', '{"a":0,"one":1}', '{"a":0,"one":1}']),
      whereLocalStack("first-input-is-spaced", () =>
        assert.deepEqual(texts, ['{"a": 0}', '{"a":0}', '{"a":0,"one":1}', '{"a":0,"one":1}']),
      ),
    );
  });

  it("tells of a task's life: scheduled, started, submitted, failed, and once more", async () => {
    const queueUrl = await createQueue();
    const Retry = [{ ErrorEquals: ["Broken"], IntervalSeconds: 1, MaxAttempts: 1 }];
    const Waits = waitsFor(queueUrl, { Retry, TimeoutSeconds: 60, HeartbeatSeconds: 30, End: true });
    const executionArn = await start(await createMachine({ StartAt: "Waits", States: { Waits } }));
    await fail((await take(queueUrl)).token, "Broken", "once");
    await succeed((await take(queueUrl)).token, "done");
    await ended(executionArn);
    const history = await historyOf(executionArn);
    assert.deepEqual(shapes(history), [
      "1←0 ExecutionStarted",
      "2←0 TaskStateEntered",
      "3←2 TaskScheduled",
      "4←3 TaskStarted",
      "5←4 TaskSubmitted",
      "6←5 TaskFailed",
      "7←6 TaskScheduled",
      "8←7 TaskStarted",
      "9←8 TaskSubmitted",
      "10←9 TaskSucceeded",
      "11←10 TaskStateExited",
      "12←11 ExecutionSucceeded",
    ]);
    const scheduled = history[2]?.taskScheduledEventDetails;
    assert.deepEqual(
      [scheduled?.resourceType, scheduled?.resource, scheduled?.region, scheduled?.timeoutInSeconds, scheduled?.heartbeatInSeconds],
      ["sqs", "sendMessage.waitForTaskToken", "us-east-1", 60, 30],
    );
    assert.equal((JSON.parse(scheduled?.parameters ?? "") as { QueueUrl: string }).QueueUrl, queueUrl);
    const failed = history[5]?.taskFailedEventDetails;
    assert.deepEqual(
      [failed?.resourceType, failed?.resource, failed?.error, failed?.cause],
      ["sqs", "sendMessage.waitForTaskToken", "Broken", "once"],
    );
    assert.equal(history[9]?.taskSucceededEventDetails?.output, '"done"');
  });

  it("ends with what the execution failed with", async () => {
    const history = await historyOfRun({ StartAt: "Fails", States: { Fails: { Type: "Fail", Error: "Custom", Cause: "so" } } });
    assert.deepEqual(shapes(history), ["1←0 ExecutionStarted", "2←0 FailStateEntered", "3←2 ExecutionFailed"]);
    const { error, cause } = history.at(-1)?.executionFailedEventDetails ?? {};
    assert.deepEqual([error, cause], ["Custom", "so"]);
  });

  it("tells of a Parallel and its branches", async () => {
    const branch = (name: string) => ({ StartAt: name, States: { [name]: { Type: "Pass", End: true } } });
    const history = await historyOfRun({
      StartAt: "Both",
      States: { Both: { Type: "Parallel", Branches: [branch("One"), branch("Two")], End: true } },
    });
    const counted = count(history);
    assert.deepEqual(counted, {
      ExecutionStarted: 1,
      ParallelStateEntered: 1,
      ParallelStateStarted: 1,
      PassStateEntered: 2,
      PassStateExited: 2,
      ParallelStateSucceeded: 1,
      ParallelStateExited: 1,
      ExecutionSucceeded: 1,
    });
    for (const event of history.filter(({ type }) => type === "PassStateEntered")) assert.equal(event.previousEventId, 3);
    assert.deepEqual(shapes(history).slice(0, 3), ["1←0 ExecutionStarted", "2←0 ParallelStateEntered", "3←2 ParallelStateStarted"]);
    assert.equal(history.at(-1)?.previousEventId, (history.at(-1)?.id ?? 0) - 1);
  });

  it("tells of a Map and its iterations", async () => {
    const ItemProcessor = { ProcessorConfig: { Mode: "INLINE" }, StartAt: "Each", States: { Each: { Type: "Pass", End: true } } };
    const history = await historyOfRun(
      { StartAt: "All", States: { All: { Type: "Map", MaxConcurrency: 1, ItemProcessor, End: true } } },
      [1, 2],
    );
    assert.deepEqual(shapes(history), [
      "1←0 ExecutionStarted",
      "2←0 MapStateEntered",
      "3←2 MapStateStarted",
      "4←3 MapIterationStarted",
      "5←4 PassStateEntered",
      "6←5 PassStateExited",
      "7←6 MapIterationSucceeded",
      "8←6 MapIterationStarted",
      "9←8 PassStateEntered",
      "10←9 PassStateExited",
      "11←10 MapIterationSucceeded",
      "12←11 MapStateSucceeded",
      "13←11 MapStateExited",
      "14←13 ExecutionSucceeded",
    ]);
    assert.deepEqual(
      history.map((event) => event.mapIterationStartedEventDetails?.index).filter((index) => index !== undefined),
      [0, 1],
    );
    assert.equal(history[2]?.mapStateStartedEventDetails?.length, 2);
  });

  it("comes page by page, and backwards where asked to", async () => {
    const machine = await createMachine({ StartAt: "First", States: { First: { Type: "Pass", End: true } } });
    const executionArn = await start(machine);
    await ended(executionArn);
    const page = (input: { maxResults?: number; nextToken?: string; reverseOrder?: boolean }) =>
      aws().sfn.send(new GetExecutionHistoryCommand({ executionArn, ...input }));
    const ids = async (input: Parameters<typeof page>[0]) => ((await page(input)).events ?? []).map(({ id }) => id);
    assert.deepEqual(await ids({ reverseOrder: true }), [4, 3, 2, 1]);
    await awsExpects(
      async () => {
        const first = await page({ maxResults: 3 });
        assert.deepEqual(
          first.events?.map(({ id }) => id),
          [1, 2, 3],
        );
        assert.deepEqual(await ids({ maxResults: 3, nextToken: first.nextToken }), [4]);
      },
      whereLocalStack("history-is-not-paged", async () => assert.deepEqual(await ids({ maxResults: 3 }), [1, 2, 3, 4])),
    );
  });
});

/** How often each type of event is there. */
function count(history: readonly HistoryEvent[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { type = "" } of history) counted[type] = (counted[type] ?? 0) + 1;
  return counted;
}
