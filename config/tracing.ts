/**
 * Traces: what became of a call, from the API through its execution to the worker, as spans that a collector keeps. Code that
 * is traced knows no more of it than is here.
 *
 * - Where no collector is named, nothing is loaded for them, and a span costs a call of a function.
 * - What a span goes on from is a text, W3C's `traceparent`, since it crosses HTTP, a table, a workflow and a queue.
 * - Whatever the collector does, what is traced goes on as fast as it would, and fails only for reasons of its own.
 */
import type { Logger } from "./logger.ts";
import type { Settings } from "./settings.ts";

export type Attributes = Readonly<Record<string, string | number | undefined>>;

export interface Span {
  /** What goes on from here bears it; undefined where nothing is traced. */
  readonly traceparent: string | undefined;
  set(attributes: Attributes): void;
  /** For what is known by its name only when it is done. */
  rename(name: string): void;
  /** It ends as failed, for a reason in one word. */
  fail(type: string): void;
}

export interface SpanOptions {
  readonly kind: "server" | "client" | "consumer";
  /** The traceparent it goes on from; undefined where a trace begins. */
  readonly parent: string | undefined;
  readonly attributes: Attributes;
}

export interface Tracer {
  readonly isOn: boolean;
  /** Runs something within a span, which ends with it; where it throws, the span ends as failed. */
  span<Result>(name: string, options: SpanOptions, run: (span: Span) => Promise<Result>): Promise<Result>;
  /** Sends what is left, as far as that goes within a moment. */
  stop(): Promise<void>;
}

const NO_SPAN: Span = { traceparent: undefined, set: () => {}, rename: () => {}, fail: () => {} };

export const NO_TRACER: Tracer = { isOn: false, span: (_name, _options, run) => run(NO_SPAN), stop: async () => {} };

export async function makeTracer(
  service: "api" | "worker",
  { tracing, env }: Pick<Settings, "tracing" | "env">,
  logger: Logger,
): Promise<Tracer> {
  if (tracing === undefined) return NO_TRACER;
  const { otlpTracer } = await import("./otlp-tracer.ts");
  return otlpTracer({ ...tracing, serviceName: tracing.serviceName ?? `milepost-${service}`, env, logger });
}
