import assert from "node:assert/strict";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws } from "./support/endpoint.ts";
import { createMachine, createQueue, deleteAll, inARow, output, outputOf, run, SEND, start } from "./support/stepfunctions.ts";

const PASS = { Type: "Pass" };

describe("States in JSONata", function () {
  this.timeout(60_000);
  after(deleteAll);

  it("compute their output, assign variables and choose by conditions", async () => {
    const machine = {
      QueryLanguage: "JSONata",
      StartAt: "Sets",
      States: {
        Sets: {
          ...PASS,
          Assign: { total: "{% $sum($states.input.lines.(price * quantity)) %}", owner: "{% $states.context.Execution.Name %}" },
          Output: { lines: "{% $count($states.input.lines) %}", fixed: true },
          Next: "Chooses",
        },
        Chooses: {
          Type: "Choice",
          Choices: [{ Condition: "{% $total > 100 %}", Assign: { size: "large" }, Next: "Tells" }],
          Default: "Tells",
        },
        Tells: { Type: "Succeed", Output: "{% {'total': $total, 'size': $size, 'lines': $states.input.lines, 'owner': $owner} %}" },
      },
    };
    const lines = [
      { price: 50, quantity: 2 },
      { price: 5, quantity: 1 },
    ];
    const executionArn = await start(await createMachine(machine), { lines }, "bought");
    assert.deepEqual(await output(executionArn), { total: 105, size: "large", lines: 2, owner: "bought" });
  });

  it("give tasks their arguments and shape their results", async () => {
    const QueueUrl = await createQueue();
    const state = {
      Type: "Task",
      Resource: SEND,
      Arguments: { QueueUrl, MessageBody: "{% $string($states.input.n + 1) %}" },
      Output: { sent: "{% $exists($states.result.MessageId) %}", was: "{% $states.input.n %}" },
    };
    assert.deepEqual(await outputOf({ QueryLanguage: "JSONata", ...inARow({ Sends: state }) }, { n: 1 }), { sent: true, was: 1 });
    const [message] = (await aws().sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }))).Messages ?? [];
    assert.equal(message?.Body, "2");
  });

  it("iterate over computed items, and catch with the error at hand", async () => {
    const failing = {
      StartAt: "Fails",
      States: { Fails: { Type: "Fail", Error: "Custom", Cause: "{% 'item ' & $string($states.input) %}" } },
    };
    const Catch = [{ ErrorEquals: ["Custom"], Output: "{% $states.errorOutput.Cause %}", Next: "Caught" }];
    const map = (ItemProcessor: object) => ({ Type: "Map", Items: "{% [$states.input.from..$states.input.to] %}", ItemProcessor });
    const doubled = inARow({ Doubles: { ...PASS, Output: "{% $states.input * 2 %}" } });
    const [good, bad] = await Promise.all([
      outputOf({ QueryLanguage: "JSONata", ...inARow({ Each: map(doubled) }) }, { from: 1, to: 3 }),
      outputOf({ QueryLanguage: "JSONata", ...inARow({ Each: { ...map(failing), Catch }, Caught: PASS }) }, { from: 4, to: 4 }),
    ]);
    assert.deepEqual(good, [2, 4, 6]);
    assert.equal(bad, "item 4");
  });

  it("fail with States.QueryEvaluationError where an expression fails", async () => {
    const machine = { QueryLanguage: "JSONata", ...inARow({ Adds: { ...PASS, Output: "{% $states.input.text + 1 %}" } }) };
    const { status, error, cause } = await run(machine, { text: "a" });
    await awsExpects(
      () => {
        assert.deepEqual([status, error], ["FAILED", "States.QueryEvaluationError"]);
        assert.match(cause ?? "", /An error occurred while executing the state 'Adds'/);
      },
      whereLocalStack("jsonata-failures-are-runtime-errors", () => assert.deepEqual([status, error], ["FAILED", "States.Runtime"])),
    );
  });
});
