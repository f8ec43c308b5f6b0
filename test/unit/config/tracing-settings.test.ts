import assert from "node:assert/strict";
import { readSettings } from "../../../config/settings.ts";
import { readTracing } from "../../../config/tracing-settings.ts";

const AT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.test:4318" };

describe("What is traced, and where", () => {
  it("is nothing, where no collector is named", () => {
    assert.equal(readSettings({}).tracing, undefined);
    assert.equal(readTracing({ OTEL_TRACES_SAMPLER: "always_on", OTEL_SERVICE_NAME: "mine" }), undefined);
  });

  it("is all that callers do not leave out, where a collector is named and nothing else is said", () => {
    assert.deepEqual(readSettings(AT).tracing, {
      url: "http://collector.test:4318/v1/traces",
      headers: {},
      serviceName: undefined,
      sampler: "parentbased_always_on",
      ratio: 1,
    });
  });

  it("goes to the address for traces as it stands, or to the path that OTLP gives them below the one for all", () => {
    const urls = [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.test/otlp/" },
      { ...AT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces.test/here" },
    ].map((environment) => readTracing(environment)?.url);

    assert.deepEqual(urls, ["https://collector.test/otlp/v1/traces", "http://traces.test/here"]);
  });

  it("is a share of them, where the sampler goes by that", () => {
    const ratioOf = (sampler: string, share?: string) =>
      readTracing({ ...AT, OTEL_TRACES_SAMPLER: sampler, ...(share !== undefined && { OTEL_TRACES_SAMPLER_ARG: share }) })?.ratio;

    assert.deepEqual(
      [ratioOf("traceidratio", "0.25"), ratioOf("parentbased_traceidratio", ".5"), ratioOf("traceidratio"), ratioOf("always_on", "0.25")],
      [0.25, 0.5, 1, 1],
    );
  });

  it("is shown to the collector with headers, as OpenTelemetry writes them", () => {
    const headers = (text: string) => readTracing({ ...AT, OTEL_EXPORTER_OTLP_HEADERS: text })?.headers;

    assert.deepEqual(headers("authorization=Basic%20dXNlcjpwYXNz, x-tenant=a%2Cb,"), {
      authorization: "Basic dXNlcjpwYXNz",
      "x-tenant": "a,b",
    });
  });

  it("is refused in one sentence that repeats no secret", () => {
    const header = (text: string) => ({ ...AT, OTEL_EXPORTER_OTLP_HEADERS: text });
    const headers = /^OTEL_EXPORTER_OTLP_HEADERS must be name=value/;
    const wrong: [Record<string, string>, RegExp][] = [
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, /^OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https address\.$/],
      [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "grpc://c" }, /^OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must be an http or https address\.$/],
      [{ OTEL_EXPORTER_OTLP_ENDPOINT: "http://user:secret@c" }, /^OTEL_EXPORTER_OTLP_ENDPOINT must have no user and no password/],
      [{ ...AT, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /^OTEL_EXPORTER_OTLP_PROTOCOL must be one of http\/json, not "grpc"\.$/],
      [{ ...AT, OTEL_TRACES_SAMPLER: "jaeger_remote" }, /^OTEL_TRACES_SAMPLER must be one of always_on, .*, not "jaeger_remote"\.$/],
      ...["2", "-1", "half", "1e-1"].map((share): [Record<string, string>, RegExp] => [
        { ...AT, OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: share },
        /^OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, not "/,
      ]),
      ...["secret", "a b=secret", "key=%zzsecret", "key=secret%0d%0ax: y", "key=secr\u00e9t"].map(
        (text): [Record<string, string>, RegExp] => [header(text), headers],
      ),
    ];
    for (const [environment, message] of wrong) {
      assert.throws(
        () => readTracing(environment),
        (error) => error instanceof Error && error.name === "ConfigError" && message.test(error.message) && !/secr/.test(error.message),
        JSON.stringify(environment),
      );
    }
  });
});
