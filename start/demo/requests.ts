/** A request's life: made, tracked, moved on by an administrator, its change seen as an execution that runs and succeeds. */
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import { recordKey } from "../../domain/ids.ts";
import { requests } from "../../domain/requests.ts";
import { print, type Stage, show, tell, textAt, until } from "./stage.ts";

export async function playRequests(stage: Stage): Promise<void> {
  const { url } = stage.system.api;
  tell("Is it there?");
  await stage.call("GET", `${url}/health`);
  tell("Somebody asks for something, and gets an address to follow it by.");
  const made = await stage.call("POST", `${url}/requests`, { body: { title: "test-job" } });
  const id = textAt(made, "requestId");
  const trackingUrl = textAt(made, "trackingUrl");
  await stage.call("GET", trackingUrl);
  await until("the creation's history", async () => ((await historyOf(trackingUrl)) >= 1 ? true : undefined));

  tell("An administrator moves it on. The worker is held meanwhile (SIGSTOP), so that the execution can be seen waiting.");
  process.kill(stage.system.worker.pid, "SIGSTOP");
  let arn: string;
  try {
    const changed = await stage.call("PATCH", `${url}/requests/${id}/status`, { body: { status: "IN_PROGRESS" }, admin: true });
    arn = textAt(changed, "executionArn");
    await describe(stage, arn, true);
  } finally {
    tell("The worker goes on (SIGCONT), writes the history and answers the execution.");
    process.kill(stage.system.worker.pid, "SIGCONT");
  }
  await until("the execution's end", async () => ((await describe(stage, arn, false)) === "RUNNING" ? undefined : true));
  await describe(stage, arn, true);
  tell("Whoever has the address sees the change and its history.");
  await stage.call("GET", trackingUrl);
  tell("And this is how it lies in the table.");
  await showItem(stage, id);
}

async function historyOf(trackingUrl: string): Promise<number> {
  const answer: unknown = await (await fetch(trackingUrl, { signal: AbortSignal.timeout(10_000) })).json();
  return typeof answer === "object" && answer !== null && "history" in answer && Array.isArray(answer.history) ? answer.history.length : 0;
}

async function describe({ clients }: Stage, executionArn: string, isShown: boolean): Promise<string | undefined> {
  const { $metadata, ...answer } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
  if (!isShown) return answer.status;
  show(`aws stepfunctions describe-execution --execution-arn ${executionArn}`);
  const { status, startDate, stopDate, output } = answer;
  print({ executionArn, status, startDate, stopDate, output: output === undefined ? undefined : JSON.parse(output) });
  return status;
}

async function showItem({ clients, outputs }: Stage, id: string): Promise<void> {
  const Key = { PK: { S: recordKey(requests, id) } };
  show(`aws dynamodb get-item --table-name ${outputs.requests_table} --key '${JSON.stringify(Key)}'`);
  const { Item: item } = await clients.dynamodb.send(new GetItemCommand({ TableName: outputs.requests_table, Key }));
  print(item);
}
