/**
 * An order's invoice, in the bucket: as JSON, and as a page that a customer can read. Both follow from the order alone, so
 * whoever writes them again writes the same.
 */
import type { S3Client } from "@aws-sdk/client-s3";
import { invoiceKey, invoiceOf, renderInvoice } from "../../domain/invoice.ts";
import type { ReadOrder } from "../../domain/order-runs.ts";
import { priceOrder } from "../../domain/pricing.ts";

export interface InvoiceStore {
  /** Stores it, and tells where. */
  put(orderId: string, found: ReadOrder): Promise<string>;
}

/** @param client made when it is first asked for, as the package is loaded then: where nobody orders, nobody pays for it */
export function bucketInvoices(client: () => S3Client, bucket: string): InvoiceStore {
  const store = async (Key: string, ContentType: string, Body: string) => {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    return client().send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType }));
  };
  return {
    put: async (orderId, { record, order }) => {
      const reference = order.marks.get("payment")?.reference;
      const invoice = invoiceOf({
        orderId,
        createdAt: record.createdAt,
        priced: priceOrder(order.wanted),
        ...(order.userId !== undefined && { userId: order.userId }),
        ...(reference !== undefined && { paymentReference: reference }),
      });
      const key = invoiceKey(orderId, "json");
      await Promise.all([
        store(key, "application/json", JSON.stringify(invoice)),
        store(invoiceKey(orderId, "html"), "text/html; charset=utf-8", renderInvoice(invoice)),
      ]);
      return key;
    },
  };
}
