import assert from "node:assert/strict";
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { CreateQueueCommand, DeleteMessageCommand, DeleteQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { aws, eventually, executionRole, uniqueName } from "./endpoint.ts";

/** Machines, executions and workers as the contract tests of Step Functions use them. */

export const SEND = "arn:aws:states:::sqs:sendMessage";
export const SEND_AND_WAIT = `${SEND}.waitForTaskToken`;

/** How long an execution without waits of its own may take; the first use of JSONata takes LocalStack some seconds. */
const END_MS_MAX = 15_000;

const machines: string[] = [];
const queues: string[] = [];

/** Deletes what a file's tests have made. */
export async function deleteAll(): Promise<void> {
  for (const stateMachineArn of machines.splice(0)) await aws().sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  for (const QueueUrl of queues.splice(0)) await aws().sqs.send(new DeleteQueueCommand({ QueueUrl }));
}

export async function createMachine(definition: object): Promise<string> {
  const input = { name: uniqueName("machine"), definition: JSON.stringify(definition), roleArn: await executionRole() };
  const { stateMachineArn = "" } = await aws().sfn.send(new CreateStateMachineCommand(input));
  machines.push(stateMachineArn);
  return stateMachineArn;
}

export async function createQueue(): Promise<string> {
  const { QueueUrl = "" } = await aws().sqs.send(new CreateQueueCommand({ QueueName: uniqueName("queue") }));
  queues.push(QueueUrl);
  return QueueUrl;
}

/** Starts an execution of a machine and gives the execution's ARN. */
export async function start(stateMachineArn: string, input: unknown = {}, name = uniqueName("run")): Promise<string> {
  const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
  const { executionArn = "" } = await aws().sfn.send(command);
  return executionArn;
}

export function describeExecution(executionArn: string): Promise<DescribeExecutionCommandOutput> {
  return aws().sfn.send(new DescribeExecutionCommand({ executionArn }));
}

/** The execution's description once it has ended. */
export function ended(executionArn: string): Promise<DescribeExecutionCommandOutput> {
  return eventually(async () => {
    const described = await describeExecution(executionArn);
    assert.notEqual(described.status, "RUNNING");
    return described;
  }, END_MS_MAX);
}

/** Runs a new machine to its end. */
export async function run(definition: object, input: unknown = {}): Promise<DescribeExecutionCommandOutput> {
  return ended(await start(await createMachine(definition), input));
}

/** The parsed output of an execution that must succeed. */
export async function output(executionArn: string): Promise<unknown> {
  const { status, error, cause, output: text } = await ended(executionArn);
  assert.equal(status, "SUCCEEDED", `${error}: ${cause}`);
  return JSON.parse(text ?? "");
}

/** Runs a new machine and gives its output, which must be there. */
export async function outputOf(definition: object, input: unknown = {}): Promise<unknown> {
  return output(await start(await createMachine(definition), input));
}

export async function historyOf(executionArn: string): Promise<HistoryEvent[]> {
  const command = new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 });
  return (await aws().sfn.send(command)).events ?? [];
}

/** The events as `id←previous Type`. */
export function shapes(history: readonly HistoryEvent[]): string[] {
  return history.map(({ id, previousEventId, type }) => `${id}←${previousEventId} ${type}`);
}

/** A state that sends its token and its input to a queue, and waits. */
export function waitsFor(queueUrl: string, more: object = {}): object {
  const Parameters = { QueueUrl: queueUrl, MessageBody: { "token.$": "$$.Task.Token", "input.$": "$" } };
  return { Type: "Task", Resource: SEND_AND_WAIT, Parameters, ...more };
}

/** Takes the next message of a queue, as a worker does, and gives its body. */
export async function take(QueueUrl: string): Promise<{ token: string; input: unknown }> {
  const message = await eventually(async () => {
    const { Messages = [] } = await aws().sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    assert.ok(Messages[0] !== undefined, "a message is received");
    return Messages[0];
  });
  await aws().sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  return JSON.parse(message.Body ?? "") as { token: string; input: unknown };
}

export function succeed(taskToken: string, value: unknown) {
  return aws().sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(value) }));
}

export function fail(taskToken: string, error?: string, cause?: string) {
  return aws().sfn.send(new SendTaskFailureCommand({ taskToken, error, cause }));
}

export function beat(taskToken: string) {
  return aws().sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
}

/** A machine of the states given, in their order, each going on to the next where it does not say otherwise. */
export function inARow(states: Record<string, object>): object {
  const names = Object.keys(states);
  const linked = Object.entries(states).map(([name, state], index) => {
    const next = names[index + 1];
    const says =
      ["Next", "End"].some((field) => field in state) || ["Choice", "Succeed", "Fail"].includes((state as { Type: string }).Type);
    return [name, says ? state : { ...state, ...(next === undefined ? { End: true } : { Next: next }) }];
  });
  return { StartAt: names[0], States: Object.fromEntries(linked) };
}
