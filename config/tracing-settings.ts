/**
 * Whether traces are kept, where, and of which calls: in OpenTelemetry's own words, so that what a machine has set for others
 * holds here as well. What goes to the collector beside them may be a password, so no sentence about it repeats a value.
 */
import { ConfigError, type Environment, oneOf, percentDecoded, secretOf, textOf } from "./environment.ts";

export interface TracingSettings {
  /** Where spans are sent. */
  readonly url: string;
  /** What the collector is shown: never logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for each process's usual name. */
  readonly serviceName: string | undefined;
  readonly sampler: SamplerName;
  /** Of how many traces, from none (0) to all (1), where the sampler goes by that. */
  readonly ratio: number;
}

export const SAMPLERS = ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_traceidratio"] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** Undefined where no collector is named: nothing is traced then. */
export function readTracing(environment: Environment): TracingSettings | undefined {
  const url = collectorOf(environment);
  if (url === undefined) return undefined;
  oneOf(environment, "OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", ["http/json"]);
  const sampler = oneOf<SamplerName>(environment, "OTEL_TRACES_SAMPLER", "parentbased_always_on", SAMPLERS);
  return {
    url,
    headers: headersOf(environment),
    serviceName: textOf(environment, "OTEL_SERVICE_NAME"),
    sampler,
    ratio: sampler.endsWith("traceidratio") ? ratioOf(environment) : 1,
  };
}

/** The address for traces is taken as it stands, the one for all signals with the path that OTLP gives to traces. */
function collectorOf(environment: Environment): string | undefined {
  const own = addressOf(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  const all = addressOf(environment, "OTEL_EXPORTER_OTLP_ENDPOINT");
  return own ?? (all === undefined ? undefined : `${all.replace(/\/+$/, "")}/v1/traces`);
}

function addressOf(environment: Environment, variable: string): string | undefined {
  const text = textOf(environment, variable);
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new ConfigError(`${variable} must be an http or https address.`);
  if (url.username !== "" || url.password !== "")
    throw new ConfigError(`${variable} must have no user and no password in it: OTEL_EXPORTER_OTLP_HEADERS is for that.`);
  return text;
}

const HEADER = /^([A-Za-z0-9!#$&'*+.^_`|~-]+)=(.*)$/;
/** What a header may hold once it is decoded: nothing that would end it. */
const HEADER_VALUE = /^[\x20-\x7e]*$/;

function headersOf(environment: Environment): Record<string, string> {
  const text = secretOf(environment, "OTEL_EXPORTER_OTLP_HEADERS");
  if (text === undefined) return {};
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return Object.fromEntries(parts.map(headerOf));
}

function headerOf(part: string): readonly [string, string] {
  const [, name, value] = HEADER.exec(part) ?? [];
  const decoded = value === undefined ? undefined : percentDecoded(value.trim());
  if (name === undefined || decoded === undefined || !HEADER_VALUE.test(decoded))
    throw new ConfigError("OTEL_EXPORTER_OTLP_HEADERS must be name=value, with commas between several and values percent-encoded.");
  return [name, decoded];
}

function ratioOf(environment: Environment): number {
  const text = textOf(environment, "OTEL_TRACES_SAMPLER_ARG");
  if (text === undefined) return 1;
  const ratio = Number(text);
  if (!/^[0-9]*\.?[0-9]+$/.test(text) || ratio > 1)
    throw new ConfigError(`OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, not ${JSON.stringify(text)}.`);
  return ratio;
}
