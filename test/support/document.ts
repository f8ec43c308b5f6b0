/**
 * Holds answers against the API's own description: each must be one that the document has, with the headers it always has and
 * no others, of a type it may have, with a body that its schema takes. Two things the document cannot say are known here: the
 * methods that no route has (405, OPTIONS), and addresses where there is nothing.
 */
import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { z } from "zod";

export interface SeenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What HTTP itself brings; everything else must be in the document. */
const HTTPS_OWN = ["connection", "content-length", "content-type", "date", "keep-alive", "transfer-encoding", "vary"];
const METHODS = ["get", "post", "patch", "delete"] as const;

const reference = z.object({ $ref: z.string() });
const header = z.object({ required: z.boolean().default(false), schema: z.record(z.string(), z.unknown()) });
const response = z.object({
  headers: z.record(z.string(), reference.or(header)).default({}),
  content: z.record(z.string(), z.object({ schema: z.unknown(), example: z.unknown().optional() })).default({}),
});
const operation = z.object({ operationId: z.string(), responses: z.record(z.string(), reference.or(response)) });
const documentForm = z.object({
  paths: z.record(z.string(), z.partialRecord(z.enum(METHODS), operation)),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    responses: z.record(z.string(), response),
    headers: z.record(z.string(), header),
  }),
});

type Response = z.infer<typeof response>;
type Operation = z.infer<typeof operation>;

export class ApiDocument {
  readonly #document: z.infer<typeof documentForm>;
  readonly #ajv: Ajv2020;
  readonly #validators = new Map<unknown, ValidateFunction>();

  constructor(document: unknown) {
    this.#document = documentForm.parse(document);
    this.#ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false });
    formats.default(this.#ajv);
    this.#ajv.addSchema({ $id: "document", components: { schemas: this.#document.components.schemas } });
  }

  /** Every answer of every operation, to look at each. */
  *answers(): Generator<{ readonly where: string; readonly response: Response }> {
    for (const [path, methods] of Object.entries(this.#document.paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        for (const [status, one] of Object.entries(responses))
          yield { where: `${method.toUpperCase()} ${path} ${status}`, response: this.#resolve(one) };
      }
    }
  }

  /** What is wrong with a value; an empty text where nothing is. */
  complaint(schema: unknown, value: unknown): string {
    let validate = this.#validators.get(schema);
    if (validate === undefined) {
      const text = JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/');
      validate = this.#ajv.compile(JSON.parse(text));
      this.#validators.set(schema, validate);
    }
    return validate(value) ? "" : this.#ajv.errorsText(validate.errors);
  }

  /** Fails where the document does not have such an answer. */
  assertDescribes(method: string, address: string, answer: SeenAnswer): void {
    const where = `${method} ${address} → ${answer.status} ${answer.text.slice(0, 2_000)}`;
    const described = this.#responseTo(method, address.replace(/\?.*/s, ""), answer.status);
    assert.ok(described !== undefined, `not in the document: ${where}`);
    this.#assertHeaders(described, answer.headers, where);
    if (method !== "HEAD") this.#assertBody(described, answer, where);
  }

  #responseTo(method: string, path: string, status: number): Response | undefined {
    const methods = Object.entries(this.#document.paths).find(([at]) => isAt(path, at))?.[1];
    const wanted = method === "HEAD" ? "get" : METHODS.find((one) => one === method.toLowerCase());
    const found: Operation | undefined = wanted === undefined ? undefined : methods?.[wanted];
    const one = found?.responses[status];
    if (one !== undefined) return this.#resolve(one);
    if (found !== undefined) return undefined;
    if (method === "OPTIONS" && methods !== undefined) return status === 204 ? this.#options() : undefined;
    const name = methods === undefined ? "NotFound" : "MethodNotAllowed";
    const refusal = this.#document.components.responses[name];
    return status === (name === "NotFound" ? 404 : 405) ? refusal : undefined;
  }

  #options(): Response | undefined {
    const refusal = this.#document.components.responses.MethodNotAllowed;
    return refusal && { headers: refusal.headers, content: {} };
  }

  #resolve(one: z.infer<typeof reference> | Response): Response {
    const found = "$ref" in one ? this.#document.components.responses[nameIn(one.$ref)] : one;
    assert.ok(found !== undefined, `There is nothing at ${JSON.stringify(one)}.`);
    return found;
  }

  #assertHeaders(described: Response, seen: Headers, where: string): void {
    const known = new Set(HTTPS_OWN);
    for (const [name, one] of Object.entries(described.headers)) {
      known.add(name.toLowerCase());
      const about = "$ref" in one ? this.#document.components.headers[nameIn(one.$ref)] : one;
      assert.ok(about !== undefined, `There is nothing at ${JSON.stringify(one)}.`);
      const text = seen.get(name);
      if (text === null) assert.ok(!about.required, `${name} is missing: ${where}`);
      else
        assert.equal(this.complaint(about.schema, about.schema.type === "integer" ? Number(text) : text), "", `${name}: ${text}: ${where}`);
    }
    for (const name of seen.keys()) assert.ok(known.has(name), `the header ${name} is not in the document: ${where}`);
  }

  #assertBody({ content }: Response, { headers, text }: SeenAnswer, where: string): void {
    const type = headers.get("content-type")?.replace(/;.*/, "");
    if (type === undefined || Object.keys(content).length === 0) {
      assert.deepEqual([type, text, Object.keys(content)], [undefined, "", []], where);
      return;
    }
    const described = content[type];
    assert.ok(described !== undefined, `the type ${type} is not in the document: ${where}`);
    assert.equal(this.complaint(described.schema, type.endsWith("json") ? JSON.parse(text) : text), "", where);
  }
}

/** Whether a path is one of those that a template stands for. */
function isAt(path: string, template: string): boolean {
  return new RegExp(`^${template.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`).test(path);
}

function nameIn(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}
