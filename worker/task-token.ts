/**
 * The token of a task, with which a worker answers an execution that waits. A token that has been used, has run out or never
 * was one is told as `stale`: nobody waits for that answer, and no repetition will change it.
 */
import {
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from "@aws-sdk/client-sfn";

export type Answered = "answered" | "stale";

export function sendSuccess(client: SFNClient, taskToken: string, output: unknown): Promise<Answered> {
  return answered(client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) })));
}

export function sendFailure(client: SFNClient, taskToken: string, error: string, cause: string): Promise<Answered> {
  return answered(client.send(new SendTaskFailureCommand({ taskToken, error, cause })));
}

export function sendHeartbeat(client: SFNClient, taskToken: string): Promise<Answered> {
  return answered(client.send(new SendTaskHeartbeatCommand({ taskToken })));
}

async function answered(call: Promise<unknown>): Promise<Answered> {
  try {
    await call;
    return "answered";
  } catch (error) {
    if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken) return "stale";
    throw error;
  }
}
