import { receiptHandleIsInvalid } from "./errors.ts";
import type { Queue } from "./queue.ts";

/** What a receipt handle says: which message, and which of its receives. */
export interface Receipt {
  readonly handle: string;
  readonly messageId: number;
  readonly receives: number;
  readonly enqueuedAt: number;
}

const FORM = /^(.+) (\d+) (\d+) (\d+)$/;

export function formatReceipt(queue: Queue, messageId: number, receives: number, enqueuedAt: number): string {
  return Buffer.from(`${queue.arn} ${messageId} ${receives} ${enqueuedAt}`).toString("base64");
}

/** Refuses what is no handle, or is one of another queue. A handle of a message that is gone is fine here. */
export function parseReceipt(handle: string, queue: Queue): Receipt {
  const match = FORM.exec(Buffer.from(handle, "base64").toString());
  if (match === null || match[1] !== queue.arn) throw receiptHandleIsInvalid(handle);
  return { handle, messageId: Number(match[2]), receives: Number(match[3]), enqueuedAt: Number(match[4]) };
}
