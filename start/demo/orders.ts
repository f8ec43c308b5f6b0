/** Two orders' lives: one is carried out to its invoice; the other's card is declined, and what it had taken goes back. */
import { DescribeExecutionCommand, paginateGetExecutionHistory } from "@aws-sdk/client-sfn";
import { executionArn } from "../../workflows/starter.ts";
import { print, type Stage, show, tell, textAt, until } from "./stage.ts";

/** What the sandbox's card declines. */
const DECLINED_AMOUNT = 10.13;
const LAST = ["COMPLETED", "REJECTED", "FAILED", "CANCELLED"];

export async function playOrders(stage: Stage): Promise<void> {
  const { url } = stage.system.api;
  tell("A customer logs in, as one does on one's own machine: whoever says who they are is believed.");
  const token = textAt(await stage.call("POST", `${url}/login`, { body: { user_id: "u123", amount: 1 } }), "access_token");

  tell("They order two things with a promotion, and are told at once where to follow it.");
  const items = [
    { name: "Laptop", price: 999.99, quantity: 1 },
    { name: "Mouse", price: 29.99, quantity: 2 },
  ];
  const placed = await stage.call("POST", `${url}/orders`, { token, body: { items, promo_code: "SAVE10" } });
  const [id, pollUrl] = [textAt(placed, "order_id"), textAt(placed, "poll_url")];

  tell("The poll address needs no token: stock and fraud side by side, then the payment, the invoice, the notification.");
  await carriedOut(pollUrl);
  await stage.call("GET", pollUrl);

  tell("All of that was one execution.");
  await showExecution(stage, id);

  tell("The invoice, line by line; with format=html it is a page to print.");
  await stage.call("GET", `${url}/orders/${id}/invoice`, { token });

  tell("The card of another order is declined (in the sandbox: amounts that end in 13 cents), so what it had taken goes back.");
  const declined = await stage.call("POST", `${url}/orders`, { token, body: { amount: DECLINED_AMOUNT } });
  await carriedOut(textAt(declined, "poll_url"));
  await stage.call("GET", `${url}/orders/${textAt(declined, "order_id")}`, { token });
  await showExecution(stage, textAt(declined, "order_id"));

  tell("The first one is cancelled after all: its money is refunded.");
  await stage.call("POST", `${url}/orders/${id}/cancel`, { token, body: { note: "changed my mind" } });
  await carriedOut(pollUrl, ["CANCELLED"]);
  await stage.call("GET", `${url}/orders/${id}/history`, { token });

  tell("Every step and every way an order may go is in docs/orders.md.");
}

function carriedOut(pollUrl: string, to = LAST): Promise<true> {
  return until("the order's end", async () => {
    const answer: unknown = await (await fetch(pollUrl, { signal: AbortSignal.timeout(10_000) })).json();
    const status = typeof answer === "object" && answer !== null && "status" in answer ? String(answer.status) : "";
    return to.includes(status) ? true : undefined;
  });
}

async function showExecution({ clients, outputs }: Stage, id: string): Promise<void> {
  const arn = executionArn(outputs.orders_state_machine_arn, `${id}-1`);
  const describe = () => clients.sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
  await until("the execution's end", async () => ((await describe()).status === "RUNNING" ? undefined : true));
  show(`aws stepfunctions describe-execution --execution-arn ${arn}`);
  const { status, startDate, stopDate, output } = await describe();
  print({ status, startDate, stopDate, output: output === undefined ? undefined : JSON.parse(output) });
  show(`aws stepfunctions get-execution-history --execution-arn ${arn} --query 'events[].stateEnteredEventDetails.name'`);
  const names: string[] = [];
  for await (const { events = [] } of paginateGetExecutionHistory({ client: clients.sfn }, { executionArn: arn }))
    names.push(...events.flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []));
  print(names.join(" "));
}
