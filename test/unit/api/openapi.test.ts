import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import { z } from "zod";
import { catalogue } from "../../../api/catalogue.ts";
import { idempotencyKeyOf, ifVersionOf, requestIdOf, traceparentOf } from "../../../api/headers.ts";
import { describeApi } from "../../../api/openapi.ts";
import { PAGE_TYPE, PROBLEM_TYPE, STREAM_TYPE } from "../../../api/operation.ts";
import { ApiDocument } from "../../support/document.ts";

const operations = catalogue();

describe("The API's description", () => {
  const text = JSON.stringify(describeApi(operations, { version: "1.2.3", bodyBytesMax: 65_536 }));
  const document = new ApiDocument(JSON.parse(text));

  it("is OpenAPI 3.1", async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(text));

    assert.deepEqual([valid, errors], [true, undefined]);
  });

  it("has every operation once, with its summary, and who may call it", () => {
    // Act
    const described = operationsIn(text);

    // Assess
    const ways = { public: 0, anyone: 3, user: 2, admin: 1, session: 1 };
    const expected = operations.map(({ name, method, at, summary, access }) => [name, `${method} ${at}`, summary, ways[access]]);
    assert.deepEqual(described.sort(), expected.sort());
  });

  it("refers to nothing that is not there", () => {
    const names = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)];
    const { components } = z.object({ components: z.record(z.string(), z.record(z.string(), z.unknown())) }).parse(JSON.parse(text));

    assert.ok(names.length > 100);
    for (const [ref, group = "", name = ""] of names) assert.ok(components[group]?.[name] !== undefined, ref);
  });

  it("gives an example of every answer that is no page, in each of its types, and each is right", () => {
    for (const { where, response } of document.answers()) {
      for (const [type, { schema, example }] of Object.entries(response.content)) {
        if (type === PAGE_TYPE) continue;
        assert.ok(example !== undefined, `${where} ${type}`);
        assert.equal(document.complaint(schema, example), "", `${where} ${type}`);
      }
    }
  });

  it("gives as an example of a stream an event with the example of the record", () => {
    const streams = [...document.answers()].filter(({ response }) => STREAM_TYPE in response.content);

    assert.deepEqual(
      streams.map(({ where }) => where),
      ["GET /requests/{id} 200", "GET /orders/{id} 200"],
    );
    for (const { response } of streams) {
      const [, data = ""] =
        /^retry: \d+\n\nid: \S+\nevent: change\ndata: (.+)\n\n$/.exec(String(response.content[STREAM_TYPE]?.example)) ?? [];
      assert.deepEqual(JSON.parse(data), response.content["application/json"]?.example);
    }
  });

  it("gives examples of every parameter, and each is right", () => {
    const parameters = [...parametersIn(text)];

    assert.ok(parameters.length > 60);
    for (const { where, schema } of parameters) {
      const { examples } = z.object({ examples: z.array(z.unknown()).min(1) }).parse(schema, { error: () => `${where} has no example` });
      for (const example of examples) assert.equal(document.complaint(schema, example), "", where);
    }
  });

  it("gives such examples of parameters as are taken", () => {
    for (const { name, path, query, at, method } of operations) {
      const given = (place: string) =>
        Object.fromEntries(
          [...parametersIn(text)]
            .filter(({ of, in: where }) => of === `${method} ${at}` && where === place)
            .map((one) => [one.name, String(one.schema.examples?.[0])]),
        );
      assert.ok(path?.safeParse(given("path")).success ?? true, `${name}: ${JSON.stringify(given("path"))}`);
      assert.ok(query?.safeParse(given("query")).success ?? true, `${name}: ${JSON.stringify(given("query"))}`);
    }
  });

  it("gives such examples of headers as are taken", () => {
    const headers = Object.fromEntries(
      [...parametersIn(text)]
        .filter(({ of }) => of === "all")
        .map(({ name, schema }) => [name.toLowerCase(), String(schema.examples?.[0])]),
    );

    assert.deepEqual(
      [requestIdOf(headers), traceparentOf(headers), idempotencyKeyOf(headers), ifVersionOf(headers)],
      [headers["x-request-id"], headers.traceparent, headers["idempotency-key"], 1],
    );
  });

  it("gives an example of every body, and each is taken", () => {
    for (const { name, body } of operations) {
      if (body === undefined) continue;
      const { examples } = z
        .object({ examples: z.array(z.unknown()).min(1) })
        .parse(body.meta(), { error: () => `${name} has no example` });
      for (const example of examples) assert.ok(body.safeParse(example).success, `${name}: ${JSON.stringify(example)}`);
    }
  });

  it("says of every answer which headers it has, and of each problem that it is one", () => {
    for (const { where, response } of document.answers()) {
      assert.ok("X-Request-Id" in response.headers && "Cache-Control" in response.headers, where);
      // What people look at in a browser refuses as a page, too.
      const types = Object.keys(response.content).filter((type) => type !== PAGE_TYPE);
      if (/ (4..|500)$/.test(where)) assert.deepEqual(types, [PROBLEM_TYPE], where);
    }
  });

  describe("refuses an answer that it does not have", () => {
    const every = {
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cross-origin-resource-policy": "same-origin",
    };
    const right = {
      "x-request-id": "an-id",
      "content-security-policy": "default-src 'none'",
      "content-type": "application/json",
      ...every,
    };
    const ready = { status: "ready", dynamodb: "up", stepFunctions: "up" };
    const seen = (status: number, body: unknown, headers: Record<string, string> = right) => {
      document.assertDescribes("GET", "/ready", { status, headers: new Headers(headers), text: JSON.stringify(body) });
    };

    it("by its status, its headers, its type or its body", () => {
      seen(200, ready);
      assert.throws(() => seen(201, ready), /not in the document: GET \/ready → 201/);
      assert.throws(() => seen(200, ready, every), /X-Request-Id is missing/);
      assert.throws(() => seen(200, ready, { ...right, "x-more": "1" }), /the header x-more is not in the document/);
      assert.throws(() => seen(200, ready, { ...right, "x-request-id": "a b" }), /X-Request-Id: a b/);
      assert.throws(() => seen(200, ready, { ...right, "content-type": "text/html" }), /the type text\/html is not in the document/);
      assert.throws(() => seen(200, { ...ready, more: 1 }), /must NOT have additional properties/);
      assert.throws(() => seen(200, { ...ready, dynamodb: "asleep" }), /must be equal to one of the allowed values/);
    });
  });
});

function operationsIn(text: string): unknown[][] {
  const operation = z.object({ operationId: z.string(), summary: z.string(), security: z.array(z.unknown()) });
  const { paths } = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) }).parse(JSON.parse(text));
  return Object.entries(paths).flatMap(([at, methods]) =>
    Object.entries(methods).map(([method, { operationId, summary, security }]) => {
      return [operationId, `${method.toUpperCase()} ${at}`, summary, security.length];
    }),
  );
}

const parameterForm = z.object({
  name: z.string(),
  in: z.string(),
  schema: z.looseObject({ examples: z.array(z.unknown()).optional() }),
});

/** Every parameter of every operation, and the headers that all operations share. */
function* parametersIn(text: string) {
  const methods = z.record(z.string(), z.object({ parameters: z.array(z.object({ $ref: z.string() }).or(parameterForm)) }));
  const { paths, components } = z
    .object({ paths: z.record(z.string(), methods), components: z.object({ parameters: z.record(z.string(), parameterForm) }) })
    .parse(JSON.parse(text));
  for (const one of Object.values(components.parameters)) yield { ...one, of: "all", where: one.name };
  for (const [at, operations] of Object.entries(paths)) {
    for (const [method, { parameters }] of Object.entries(operations)) {
      const of = `${method.toUpperCase()} ${at}`;
      for (const one of parameters) if ("name" in one) yield { ...one, of, where: `${of}: ${one.name}` };
    }
  }
}
