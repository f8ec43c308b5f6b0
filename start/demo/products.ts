/** A product's life: made, told of, found in the list, deleted, told of again. */
import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import { executionArn } from "../../workflows/starter.ts";
import { print, type Stage, show, tell, textAt, until } from "./stage.ts";

export async function playProducts(stage: Stage): Promise<void> {
  const { url } = stage.system.api;
  tell("Somebody makes a product.");
  const product = { name: "Laptop", description: "High-performance laptop", price: 1299.99, stock: 25 };
  const id = textAt(await stage.call("POST", `${url}/products`, { body: product }), "id");

  tell("The worker tells whoever listens, in its log at least, and the event is processed.");
  await until("the event's end", async () => ((await statesOf(`${url}/products/${id}/events`)) === "processed" ? true : undefined));
  await stage.call("GET", `${url}/products/${id}/events`);
  await stage.call("GET", `${url}/products?limit=2`);

  tell("It is deleted, which is told of, too: after the creation, whatever happens.");
  await stage.call("DELETE", `${url}/products/${id}`);
  await until("the events' end", async () =>
    (await statesOf(`${url}/products/${id}/events`)) === "processed,processed" ? true : undefined,
  );
  await stage.call("GET", `${url}/products/${id}/events`);

  tell("Each has an execution of its own, which has ended with the entry in the product's history.");
  const arn = executionArn(stage.outputs.products_state_machine_arn, `${id}-2`);
  const describe = () => stage.clients.sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
  await until("the execution's end", async () => ((await describe()).status === "RUNNING" ? undefined : true));
  show(`aws stepfunctions describe-execution --execution-arn ${arn}`);
  const { status, startDate, stopDate, output } = await describe();
  print({ status, startDate, stopDate, output: output === undefined ? undefined : JSON.parse(output) });
}

async function statesOf(address: string): Promise<string> {
  const answer: unknown = await (await fetch(address, { signal: AbortSignal.timeout(10_000) })).json();
  const events = typeof answer === "object" && answer !== null && "events" in answer && Array.isArray(answer.events) ? answer.events : [];
  return events.map((event: { state?: unknown }) => String(event.state)).join(",");
}
