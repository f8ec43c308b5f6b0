/**
 * What an order needs of whoever takes its money, and a sandbox that does so in play: it keeps its own book, a row a charge,
 * by which it can be proved that nobody is charged twice, nor after a refund.
 *
 * - A charge is named by its key, the run of the order; asked again under the same key it answers the same and takes nothing.
 * - A refund gives back what was taken under the key, once. Where nothing was, nothing ever will be: a charge that comes
 *   later, from a step that was given up, is refused. An HTTP provider must do the same (docs/orders.md).
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { type Item, text, textAt, whole } from "./attributes.ts";

export interface Charge {
  readonly key: string;
  readonly orderId: string;
  readonly userId: string | undefined;
  readonly amountCents: number;
}

export type Charged =
  | { readonly outcome: "charged"; readonly reference: string }
  | { readonly outcome: "declined"; readonly reason: string }
  /** A refund under this key came before. */
  | { readonly outcome: "closed" };

export interface PaymentProvider {
  charge(charge: Charge, signal: AbortSignal): Promise<Charged>;
  refund(key: string, orderId: string, signal: AbortSignal): Promise<"refunded" | "nothing">;
}

export interface SandboxOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** The sandbox's one rule: it declines amounts that end in these cents, so that a decline can be tried. */
export const DECLINED_CENTS = 13;

export function paymentKey(key: string): string {
  return `PAYMENT#${key}`;
}

export function sandboxProvider(options: SandboxOptions): PaymentProvider {
  return {
    charge: async ({ key, orderId, amountCents }) => {
      const isDeclined = amountCents % 100 === DECLINED_CENTS;
      const row = { PK: text(paymentKey(key)), orderId: text(orderId), amountCents: whole(amountCents) };
      const isNew = await putIfAbsent(options, { ...row, state: text(isDeclined ? "declined" : "charged") });
      return chargedBy(key, isNew ? (isDeclined ? "declined" : "charged") : await stateOf(options, key));
    },
    refund: async (key, orderId) => {
      const isNew = await putIfAbsent(options, { PK: text(paymentKey(key)), orderId: text(orderId), state: text("void") });
      if (isNew) return "nothing";
      // Told the same whoever asks again.
      const isRefunded = (await setRefunded(options, key)) || (await stateOf(options, key)) === "refunded";
      return isRefunded ? "refunded" : "nothing";
    },
  };
}

function chargedBy(key: string, state: string | undefined): Charged {
  if (state === "charged") return { outcome: "charged", reference: `sandbox-${key}` };
  if (state === "declined") return { outcome: "declined", reason: "The card was declined." };
  return { outcome: "closed" };
}

async function stateOf({ client, table }: SandboxOptions, key: string): Promise<string | undefined> {
  const Key = { PK: text(paymentKey(key)) };
  const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
  return item && textAt(item, "state");
}

function putIfAbsent({ client, table }: SandboxOptions, row: Item): Promise<boolean> {
  return isDone(client.send(new PutItemCommand({ TableName: table, Item: { ...row }, ConditionExpression: "attribute_not_exists(PK)" })));
}

function setRefunded({ client, table }: SandboxOptions, key: string): Promise<boolean> {
  const command = new UpdateItemCommand({
    TableName: table,
    Key: { PK: text(paymentKey(key)) },
    UpdateExpression: "SET #state = :refunded",
    ConditionExpression: "#state = :charged",
    ExpressionAttributeNames: { "#state": "state" },
    ExpressionAttributeValues: { ":refunded": text("refunded"), ":charged": text("charged") },
  });
  return isDone(client.send(command));
}

async function isDone(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
