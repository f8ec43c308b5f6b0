import type { Notification } from "../../../../../worker/notifications/notification.ts";

export function notification(fields: Partial<Notification> = {}): Notification {
  return {
    id: "p1-1",
    kind: "products",
    recordId: "p1",
    type: "product.created",
    subject: "A product was created",
    text: "Laptop, 1299.99.\nIn two lines.",
    at: "2026-01-01T00:00:00.000Z",
    data: { price: 1299.99 },
    ...fields,
  };
}
