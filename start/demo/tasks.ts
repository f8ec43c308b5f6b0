/** A task's life: made, done by a worker, written back, and its execution ended. */
import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import { executionArn } from "../../workflows/starter.ts";
import { print, type Stage, show, tell, textAt, until } from "./stage.ts";

export async function playTasks(stage: Stage): Promise<void> {
  const { url } = stage.system.api;
  tell("Somebody has something to be done.");
  const made = await stage.call("POST", `${url}/tasks`, {
    body: { title: "Complete Flow Test", description: "Testing end-to-end process" },
  });
  const id = textAt(made, "id");

  tell("A worker does it, and writes back what came of it.");
  await until("the task's end", async () => (["completed", "failed"].includes(await statusOf(`${url}/tasks/${id}`)) ? true : undefined));
  await stage.call("GET", `${url}/tasks/${id}`);
  await stage.call("GET", `${url}/tasks/${id}/history`);

  tell("Its one execution has ended with the last entry.");
  await until("the execution's end", async () => ((await describe(stage, id)).status === "RUNNING" ? undefined : true));
  show(`aws stepfunctions describe-execution --execution-arn ${arnOf(stage, id)}`);
  const { status, startDate, stopDate, output } = await describe(stage, id);
  print({ status, startDate, stopDate, output: output === undefined ? undefined : JSON.parse(output) });

  tell("What is done for a task is a function of your own, where TASK_PROCESSOR names its module: see docs/tasks.md.");
}

async function statusOf(address: string): Promise<string> {
  const answer: unknown = await (await fetch(address, { signal: AbortSignal.timeout(10_000) })).json();
  return typeof answer === "object" && answer !== null && "status" in answer ? String(answer.status) : "";
}

function arnOf({ outputs }: Stage, id: string): string {
  return executionArn(outputs.tasks_state_machine_arn, `${id}-1`);
}

function describe(stage: Stage, id: string) {
  return stage.clients.sfn.send(new DescribeExecutionCommand({ executionArn: arnOf(stage, id) }));
}
