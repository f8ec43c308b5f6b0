/**
 * Traces by OpenTelemetry, sent over OTLP/HTTP. Loaded only where a collector is named.
 *
 * - What waits to be sent is bounded: where the collector is slower than spans come, the latest are dropped.
 * - A collector that is down is told of in the log once a minute at most, and once when it takes traces again.
 * - No error's text becomes part of a span, since it may name what is not for everybody; its kind does.
 */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import type { Logger } from "./logger.ts";
import type { Span, Tracer } from "./tracing.ts";
import type { TracingSettings } from "./tracing-settings.ts";

export interface OtlpTracerOptions extends TracingSettings {
  readonly serviceName: string;
  readonly env: string;
  readonly logger: Logger;
}

const QUEUE = { maxQueueSize: 2_048, maxExportBatchSize: 256, scheduledDelayMillis: 1_000, exportTimeoutMillis: 4_000 };
const SEND_MS_MAX = 3_000;
const SENDS_AT_ONCE = 4;
const STOP_MS_MAX = 2_000;
const TELL_AGAIN_MS = 60_000;

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER };

export function otlpTracer(options: OtlpTracerOptions): Tracer {
  const { serviceName, env, url, headers, logger } = options;
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: SEND_MS_MAX, concurrencyLimit: SENDS_AT_ONCE });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      "service.name": serviceName,
      "deployment.environment.name": env,
      "process.pid": process.pid,
    }),
    sampler: samplerOf(options),
    spanProcessors: [new BatchSpanProcessor(telling(exporter, logger), QUEUE)],
  });
  const tracer = provider.getTracer("milepost");
  return {
    isOn: true,
    span: async (name, { kind, parent, attributes }, run) => {
      const within = tracer.startSpan(name, { kind: KINDS[kind], attributes }, contextOf(parent));
      const span: Span = {
        traceparent: traceparentOf(within.spanContext()),
        set: (more) => void within.setAttributes(more),
        rename: (better) => void within.updateName(better),
        fail: (type) => void within.setAttribute("error.type", type).setStatus({ code: SpanStatusCode.ERROR }),
      };
      try {
        return await run(span);
      } catch (error) {
        span.fail(error instanceof Error ? error.name : "unknown");
        throw error;
      } finally {
        within.end();
      }
    },
    stop: async () => {
      const late = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS_MAX).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

function samplerOf({ sampler, ratio }: TracingSettings): Sampler {
  switch (sampler) {
    case "always_on":
      return new AlwaysOnSampler();
    case "always_off":
      return new AlwaysOffSampler();
    case "traceidratio":
      return new TraceIdRatioBasedSampler(ratio);
    case "parentbased_always_on":
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case "parentbased_traceidratio":
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}

/** An exporter whose failures are told, now and then: OpenTelemetry itself keeps them to itself. */
function telling(exporter: SpanExporter, logger: Logger): SpanExporter {
  let lost = 0;
  let toldAt: number | undefined;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error === undefined && result.code === 0) {
          if (lost > 0) logger.info({ lost }, "traces are taken again");
          [lost, toldAt] = [0, undefined];
        } else {
          lost += spans.length;
          if (toldAt === undefined || performance.now() - toldAt > TELL_AGAIN_MS) {
            toldAt = performance.now();
            logger.warn({ lost, reason: reasonOf(result.error) }, "the collector takes no traces; all else goes on");
          }
        }
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

/** What a collector answers may be anything: of that its status is told, and not its text. */
function reasonOf(error: (Error & { readonly code?: unknown }) | undefined): string {
  if (error === undefined) return "unknown";
  const { name, code } = error;
  return code === undefined ? name : `${name} ${String(code)}`;
}

function contextOf(traceparent: string | undefined) {
  const [, traceId, spanId, flags] = traceparent?.split("-") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true });
}

function traceparentOf({ traceId, spanId, traceFlags }: { traceId: string; spanId: string; traceFlags: number }): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}
