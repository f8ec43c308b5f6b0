import assert from "node:assert/strict";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws } from "./support/endpoint.ts";
import { createMachine, createQueue, deleteAll, ended, inARow, output, outputOf, run, SEND, start } from "./support/stepfunctions.ts";

const PASS = { Type: "Pass" };
const fails = (error: string, cause: string) => ({ Type: "Fail", Error: error, Cause: cause });

describe("States in JSONPath", function () {
  this.timeout(60_000);
  after(deleteAll);

  it("pass data on by InputPath, Parameters, Result, ResultPath and OutputPath", async () => {
    const places = inARow({
      Picks: { ...PASS, InputPath: "$.order", Parameters: { "id.$": "$.id", fixed: true }, ResultPath: "$.picked" },
      Sets: { ...PASS, Result: { total: 10 }, ResultPath: "$.order.sum" },
      Keeps: { ...PASS, Result: "dropped", ResultPath: null },
    });
    const narrows = inARow({ Narrows: { ...PASS, InputPath: "$.order", OutputPath: "$.lines[1:]" } });
    const input = { order: { id: "o-1", lines: [1, 2, 3] }, rest: 0 };
    const [all, part] = await Promise.all([outputOf(places, input), outputOf(narrows, input)]);
    assert.deepEqual(all, { order: { id: "o-1", lines: [1, 2, 3], sum: { total: 10 } }, rest: 0, picked: { id: "o-1", fixed: true } });
    assert.deepEqual(part, [2, 3]);
  });

  it("compute with intrinsic functions", async () => {
    const Parameters = {
      "text.$": "States.Format('{} of {}', $.id, $.n)",
      "list.$": "States.Array($.id, $.n)",
      "parts.$": "States.ArrayPartition($.list, 2)",
      "has.$": "States.ArrayContains($.list, 3)",
      "range.$": "States.ArrayRange(1, 9, 4)",
      "third.$": "States.ArrayGetItem($.list, 2)",
      "length.$": "States.ArrayLength($.list)",
      "unique.$": "States.ArrayUnique($.list)",
      "encoded.$": "States.Base64Encode('a/b')",
      "decoded.$": "States.Base64Decode('YS9i')",
      "hash.$": "States.Hash('a', 'SHA-256')",
      "merged.$": "States.JsonMerge($.a, $.b, false)",
      "parsed.$": "States.StringToJson('{\"x\":1}')",
      "written.$": "States.JsonToString($.a)",
      "sum.$": "States.MathAdd($.n, -2)",
      "split.$": "States.StringSplit('a,b', ',')",
    };
    const value = await outputOf(inARow({ Computes: { ...PASS, Parameters } }), {
      id: "o-1",
      n: 5,
      list: [1, 2, 3, 3],
      a: { k: 1 },
      b: { l: 2 },
    });
    assert.deepEqual(value, {
      text: "o-1 of 5",
      list: ["o-1", 5],
      parts: [
        [1, 2],
        [3, 3],
      ],
      has: true,
      range: [1, 5, 9],
      third: 3,
      length: 4,
      unique: [1, 2, 3],
      encoded: "YS9i",
      decoded: "a/b",
      hash: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
      merged: { k: 1, l: 2 },
      parsed: { x: 1 },
      written: '{"k":1}',
      sum: 3,
      split: ["a", "b"],
    });
  });

  it("see the context object", async () => {
    const Parameters = {
      "execution.$": "$$.Execution.Name",
      "id.$": "$$.Execution.Id",
      "input.$": "$$.Execution.Input",
      "machine.$": "$$.StateMachine.Id",
      "state.$": "$$.State.Name",
      "started.$": "$$.Execution.StartTime",
    };
    const machine = await createMachine(inARow({ Looks: { ...PASS, Parameters } }));
    const executionArn = await start(machine, { n: 1 }, "looked-at");
    const { started, ...value } = (await output(executionArn)) as { started: string };
    assert.deepEqual(value, { execution: "looked-at", id: executionArn, input: { n: 1 }, machine, state: "Looks" });
    assert.match(started, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  });

  it("keep variables", async () => {
    const machine = inARow({
      Sets: { ...PASS, Assign: { "first.$": "$.n", list: [1] } },
      Changes: { ...PASS, Assign: { "second.$": "States.MathAdd($first, 1)" } },
      Reads: { ...PASS, Parameters: { "sum.$": "States.MathAdd($first, $second)", "list.$": "$list" } },
    });
    assert.deepEqual(await outputOf(machine, { n: 3 }), { sum: 7, list: [1] });
  });

  it("choose by type, number, text, time, presence and their combinations", async () => {
    const choose = (choice: object, Next: string) => ({ ...choice, Next });
    const Choices = [
      choose({ Not: { Variable: "$.kind", IsPresent: true } }, "Absent"),
      choose(
        {
          And: [
            { Variable: "$.n", IsNumeric: true },
            { Variable: "$.n", NumericGreaterThanEquals: 10 },
          ],
        },
        "Large",
      ),
      choose({ Variable: "$.kind", StringMatches: "order-*" }, "Order"),
      choose(
        {
          Or: [
            { Variable: "$.at", TimestampLessThan: "2026-01-01T00:00:00Z" },
            { Variable: "$.done", BooleanEquals: true },
          ],
        },
        "Old",
      ),
      choose({ Variable: "$.kind", StringEqualsPath: "$.other" }, "Same"),
    ];
    const results = ["Absent", "Large", "Order", "Old", "Same", "Other"];
    const ends = Object.fromEntries(results.map((name) => [name, { ...PASS, Result: name, End: true }]));
    const machine = await createMachine({ StartAt: "C", States: { C: { Type: "Choice", Choices, Default: "Other" }, ...ends } });
    const base = { kind: "task", n: "5", at: "2026-05-01T00:00:00Z", done: false, other: "" };
    const inputs = [
      {},
      { ...base, n: 10 },
      { ...base, kind: "order-7" },
      { ...base, at: "2025-12-31T23:59:59Z" },
      { ...base, other: "task" },
      base,
    ];
    assert.deepEqual(await Promise.all(inputs.map(async (input) => output(await start(machine, input)))), results);
  });

  it("wait, succeed, and fail with what they are told", async () => {
    const waits = inARow({ Waits: { Type: "Wait", SecondsPath: "$.seconds" }, Done: { Type: "Succeed", OutputPath: "$.result" } });
    const past = inARow({ Waits: { Type: "Wait", Timestamp: "2020-01-01T00:00:00Z" }, Done: { Type: "Succeed" } });
    const failing = inARow({ Fails: { Type: "Fail", ErrorPath: "$.error", CausePath: "States.Format('because {}', $.why)" } });
    const [waited, waitedNot, failed] = await Promise.all([
      run(waits, { seconds: 1, result: "ok" }),
      run(past, { a: 1 }),
      run(failing, { error: "Custom", why: "so" }),
    ]);
    assert.deepEqual([waited.status, waited.output], ["SUCCEEDED", '"ok"']);
    assert.ok(Number(waited.stopDate) - Number(waited.startDate) >= 900, "it waited");
    assert.equal(waitedNot.output, '{"a":1}');
    assert.deepEqual([failed.status, failed.error, failed.cause], ["FAILED", "Custom", "because so"]);
  });

  it("run branches in parallel, and iterations over a list", async () => {
    const Branches = [
      inARow({ One: { ...PASS, Result: 1 } }),
      inARow({ Pause: { Type: "Wait", Seconds: 1 }, Two: { ...PASS, Parameters: { "n.$": "$.n" } } }),
    ];
    const parallel = inARow({
      Both: { Type: "Parallel", Branches, ResultSelector: { "second.$": "$[1]", "first.$": "$[0]" }, ResultPath: "$.both" },
    });
    const ItemSelector = { "index.$": "$$.Map.Item.Index", "item.$": "$$.Map.Item.Value", "n.$": "$.n" };
    const ItemProcessor = { ProcessorConfig: { Mode: "INLINE" }, ...inARow({ Each: PASS }) };
    const map = inARow({
      Each_: { Type: "Map", ItemsPath: "$.items", MaxConcurrency: 1, ItemSelector, ItemProcessor, ResultPath: "$.done" },
    });
    const [both, each, none] = await Promise.all([
      outputOf(parallel, { n: 7 }),
      outputOf(map, { n: 7, items: ["a", "b"] }),
      outputOf(map, { n: 7, items: [] }),
    ]);
    assert.deepEqual(both, { n: 7, both: { first: 1, second: { n: 7 } } });
    assert.deepEqual((each as { done: unknown }).done, [
      { index: 0, item: "a", n: 7 },
      { index: 1, item: "b", n: 7 },
    ]);
    assert.deepEqual((none as { done: unknown }).done, []);
  });

  it("send messages, and have the answer for a result", async () => {
    const QueueUrl = await createQueue();
    const Parameters = {
      QueueUrl,
      MessageBody: { "order.$": "$.id" },
      MessageAttributes: { kind: { DataType: "String", StringValue: "x" } },
    };
    const value = (await outputOf(inARow({ Sends: { Type: "Task", Resource: SEND, Parameters } }), { id: "o-1" })) as Record<
      string,
      unknown
    >;
    const receive = new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"], WaitTimeSeconds: 5 });
    const [message] = (await aws().sqs.send(receive)).Messages ?? [];
    await awsExpects(
      () => assert.equal(message?.Body, '{"order":"o-1"}'),
      whereLocalStack("message-bodies-are-spaced", () => assert.equal(message?.Body, '{"order": "o-1"}')),
    );
    assert.equal(message?.MessageAttributes?.kind?.StringValue, "x");
    assert.equal(value.MessageId, message?.MessageId);
    assert.equal(value.MD5OfMessageBody, message?.MD5OfBody);
  });
});

describe("States that fail", function () {
  this.timeout(60_000);
  after(deleteAll);

  it("are caught by the name of their error, with the error beside the input", async () => {
    const Branches = [inARow({ Fails: fails("Custom", "on purpose") })];
    const Catch = [
      { ErrorEquals: ["Other"], Next: "Wrong" },
      { ErrorEquals: ["States.ALL"], ResultPath: "$.problem", Next: "Caught" },
    ];
    const machine = inARow({ Tries: { Type: "Parallel", Branches, Catch }, Wrong: fails("Wrong", ""), Caught: { ...PASS, End: true } });
    assert.deepEqual(await outputOf(machine, { n: 1 }), { n: 1, problem: { Error: "Custom", Cause: "on purpose" } });
  });

  it("fail the execution where no one catches them", async () => {
    const noChoice = {
      StartAt: "C",
      States: { C: { Type: "Choice", Choices: [{ Variable: "$.a", IsPresent: true, Next: "S" }] }, S: { Type: "Succeed" } },
    };
    const noPath = inARow({ Reads: { ...PASS, Parameters: { "a.$": "$.absent" } } });
    const noQueue = inARow({ Sends: { Type: "Task", Resource: SEND, Parameters: { QueueUrl: await absentQueue(), MessageBody: "m" } } });
    const [choice, path, queue] = await Promise.all([run(noChoice), run(noPath), run(noQueue)]);
    await awsExpects(
      () => assert.deepEqual([choice.status, choice.error], ["FAILED", "States.NoChoiceMatched"]),
      whereLocalStack("no-choice-is-a-runtime-error", () => assert.deepEqual([choice.status, choice.error], ["FAILED", "States.Runtime"])),
    );
    assert.deepEqual([path.status, path.error], ["FAILED", "States.Runtime"]);
    await awsExpects(
      () => assert.deepEqual([queue.status, queue.error], ["FAILED", "SQS.QueueDoesNotExistException"]),
      whereLocalStack("absent-queue-is-unreachable", () =>
        assert.deepEqual([queue.status, queue.error], ["FAILED", "SQS.SdkClientException"]),
      ),
    );
  });

  it("are retried as often as their retrier says, later and later", async () => {
    const Retry = [
      { ErrorEquals: ["Custom"], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2, MaxDelaySeconds: 1, JitterStrategy: "NONE" },
    ];
    const machine = inARow({ Tries: { Type: "Parallel", Retry, Branches: [inARow({ Fails: fails("Custom", "again") })] } });
    const execution = await ended(await start(await createMachine(machine)));
    assert.deepEqual([execution.status, execution.error], ["FAILED", "Custom"]);
    const seconds = (Number(execution.stopDate) - Number(execution.startDate)) / 1000;
    assert.ok(seconds >= 1.9 && seconds < 10, `two delays of a second: ${seconds}`);
  });
});

async function absentQueue(): Promise<string> {
  const url = await createQueue();
  return `${url}-absent`;
}
