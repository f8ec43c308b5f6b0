import { z } from "zod";
import type { Received } from "./webhook-receiver.ts";

/** A span as OTLP has it in JSON, as far as tests look at it. */
export interface SentSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer" | "unspecified";
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly isError: boolean;
}

const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;
const ERROR = 2;

const value = z.object({ stringValue: z.string().optional(), intValue: z.coerce.number().optional() });
const attributes = z
  .array(z.object({ key: z.string(), value }))
  .transform((pairs) => Object.fromEntries(pairs.map(({ key, value: { stringValue, intValue } }) => [key, stringValue ?? intValue])));
const span = z.object({
  name: z.string(),
  kind: z.number(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  attributes,
  status: z.object({ code: z.number().optional() }).optional(),
});
const body = z.object({
  resourceSpans: z.array(z.object({ resource: z.object({ attributes }), scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

/** The spans that a collector was sent. */
export function spansIn(received: readonly Received[]): SentSpan[] {
  return received.flatMap(({ body: text }) =>
    body.parse(JSON.parse(text)).resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans
        .flatMap(({ spans }) => spans)
        .map(({ kind, status, parentSpanId, ...one }) => ({
          ...one,
          parentSpanId: parentSpanId === "" ? undefined : parentSpanId,
          service: String(resource.attributes["service.name"]),
          kind: KINDS[kind] ?? "unspecified",
          isError: status?.code === ERROR,
        })),
    ),
  );
}
