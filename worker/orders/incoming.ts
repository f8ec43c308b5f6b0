/**
 * Orders that somebody put into the queue as plain messages: `{"order_id", "items", "promo_code"?}`. One that is right is
 * stored, unless it is there already, and its workflow started; then the message is done with. One that is not is an attempt
 * that failed, and ends among the dead letters with the reason.
 */
import { z } from "zod";
import { createRecord } from "../../domain/creation.ts";
import { recordId } from "../../domain/forms.ts";
import { eventIdOf } from "../../domain/ids.ts";
import { formatOrder } from "../../domain/order.ts";
import { conflictIn, wantedFields, wantedOf } from "../../domain/order-form.ts";
import type { OrderLedger } from "../../domain/order-runs.ts";
import { priceOrder } from "../../domain/pricing.ts";
import type { Starter } from "../../domain/relay.ts";
import type { Message } from "../queue.ts";
import { reasonOf } from "../reasons.ts";
import type { StepContext } from "../step.ts";

const form = z.strictObject({ order_id: recordId, items: wantedFields.items, promo_code: wantedFields.promo_code });

export class InvalidOrder extends Error {
  override readonly name = "InvalidOrder";
}

export function takeOrders(ledger: OrderLedger, starter: Starter): (message: Message, context: StepContext) => Promise<void> {
  return async ({ body }, { logger }) => {
    const { order_id: id, ...fields } = parse(body);
    const wanted = wantedOf(fields);
    const { totalCents } = priceOrder(wanted);
    // The same message again finds its own record by the changeId; another one of the same id is told apart by it, too.
    const changeId = `queue:${id}`;
    const result = await createRecord(ledger, { id, changeId, attributes: formatOrder({ wanted, totalCents }, eventIdOf(id, 1)) });
    if (result.outcome === "taken") throw new InvalidOrder(`There is another order ${id}.`);
    logger.info({ orderId: id, outcome: result.outcome }, "an order came by the queue");
    if (result.input === undefined) return;
    try {
      await starter.start(eventIdOf(id, 1), result.input);
    } catch (error) {
      logger.warn({ orderId: id, reason: reasonOf(error) }, "an execution was not started; the relay will start it");
    }
  };
}

function parse(body: string): z.infer<typeof form> {
  const result = form.safeParse(JSON.parse(body), { reportInput: true });
  if (!result.success) throw new InvalidOrder(`The message is no order: ${result.error.issues.flatMap(sentences).join("; ")}`);
  const conflict = conflictIn(result.data);
  if (conflict !== undefined) throw new InvalidOrder(`The message is no order: ${conflict.field} ${conflict.message}`);
  return result.data;
}

/** The same words as the API has for them. */
function sentences(issue: z.core.$ZodIssue): string[] {
  const at = (path: readonly PropertyKey[]) => path.map(String).join(".") || "it";
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => `${at([...issue.path, key])} is not known here`);
  const field = at(issue.path);
  if (issue.input === undefined) return [`${field} is missing`];
  if (issue.code === "invalid_type" && issue.expected === "object") return [`${field} must be an object`];
  return [`${field} ${issue.message}`];
}
