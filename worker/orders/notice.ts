/** What a customer is told when their order is done. */
import { formatCents } from "../../domain/money.ts";
import type { ReadOrder } from "../../domain/order-runs.ts";
import type { TaskMessage } from "../../workflows/message.ts";
import type { Notification } from "../notifications/notification.ts";

export function notificationOf({ event }: TaskMessage, { record, order }: ReadOrder): Notification {
  const { email, totalCents, userId } = order;
  const total = formatCents(totalCents);
  const invoice = order.marks.get("invoice")?.reference;
  return {
    // One order is completed once, so its event's id names the notification for good, in whichever run it is sent.
    id: event.eventId,
    kind: "orders",
    recordId: event.id,
    type: "order.completed",
    subject: `Your order ${event.id} is complete`,
    text: `Your order ${event.id} of ${record.createdAt.slice(0, 10)} is paid and complete. It came to ${total}.`,
    at: record.updatedAt,
    ...(email !== undefined && { to: email }),
    data: { order_id: event.id, total, ...(userId !== undefined && { user_id: userId }), ...(invoice !== undefined && { invoice }) },
  };
}
