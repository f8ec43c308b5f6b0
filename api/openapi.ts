/**
 * The API described in OpenAPI 3.1, made from the operations themselves: what checks a call and describes an answer is what
 * stands here, so nothing is written twice. Of a route only what the route says is said; what all have in common stands once,
 * under `components`.
 */
import type { z } from "zod";
import { streamBeginning } from "./live.ts";
import { ANSWER_HEADERS, callHeaders, headersOfAll, named, SECURITY_SCHEMES, securityOf } from "./openapi-headers.ts";
import { EVERYWHERE, pageResponseOf, problemContentOf, problemResponses, problemSchemas, referenceTo } from "./openapi-problems.ts";
import { type JsonObject, SchemaCollection } from "./openapi-schemas.ts";
import {
  type AnswerDescription,
  FORM_TYPE,
  isPage,
  isText,
  isWriting,
  mediaTypesOf,
  type Operation,
  type OperationDescription,
  problemsOf,
  STREAM_TYPE,
} from "./operation.ts";
import type { ProblemStatus } from "./problem.ts";

export interface ApiFacts {
  readonly version: string;
  readonly bodyBytesMax: number;
}

const ABOUT = `Records whose status matters: every change of a status is a workflow execution that can be looked up, retried and proved.

Refusals are \`application/problem+json\` (RFC 9457). A method that an address does not have is 405 with \`Allow\`; \`HEAD\` is answered
wherever \`GET\` is, \`OPTIONS\` everywhere. Unknown members and parameters are refused, and so is a parameter given twice.`;

export function describeApi(operations: readonly Operation[], { version, bodyBytesMax }: ApiFacts): JsonObject {
  const schemas = new SchemaCollection(problemSchemas());
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    paths[operation.at] = { ...paths[operation.at], [operation.method.toLowerCase()]: describe(operation, schemas) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Milepost",
      version,
      description: `${ABOUT}\n\nA body has at most ${bodyBytesMax.toLocaleString("en")} bytes.`,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: [...new Set(operations.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.all(),
      responses: problemResponses(),
      parameters: callHeaders(),
      headers: ANSWER_HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function describe(operation: Operation, schemas: SchemaCollection): JsonObject {
  const { name, summary, access, path, query, body } = operation;
  return {
    operationId: name,
    summary,
    tags: [tagOf(operation)],
    security: securityOf(access),
    parameters: [...parametersOf("path", path, schemas), ...parametersOf("query", query, schemas), ...headerParametersOf(operation)],
    ...(body !== undefined && { requestBody: bodyOf(operation, body, schemas) }),
    responses: responsesOf(operation, schemas),
  };
}

/** Marks what only whoever asks for it gets: programs that read JSON never meet it. */
export const BY_ACCEPT = "x-by-accept";

const TAGS: Readonly<Record<string, string>> = {
  dlq: "failures",
  health: "service",
  ready: "service",
  login: "users",
  token: "users",
  "openapi.json": "documentation",
  docs: "documentation",
  redoc: "documentation",
  assets: "pages",
  console: "pages",
};

function tagOf({ at }: Pick<OperationDescription, "at">): string {
  const first = at.split("/")[1] ?? "";
  return TAGS[first] ?? first;
}

function parametersOf(where: "path" | "query", schema: z.ZodType | undefined, schemas: SchemaCollection): JsonObject[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemas.object(schema);
  return Object.entries(properties).map(([name, one]) => {
    const { description, ...rest } = one;
    const schema = { ...rest, examples: examplesOf(rest) };
    return { name, in: where, required: required.includes(name), ...(description !== undefined && { description }), schema };
  });
}

/**
 * Those that the schema has been given, else one of its choices, or its least number. They stand in the schema and not beside
 * it: from there Swagger UI would fill them into each call that is tried out, and a page token that is no list's is refused.
 */
function examplesOf({ examples, default: usual, enum: choices, minimum }: JsonObject): unknown {
  return examples ?? [usual, ...(Array.isArray(choices) ? choices : []), minimum].filter(Boolean).slice(0, 1);
}

function headerParametersOf(operation: Operation): JsonObject[] {
  const names = ["RequestId", "Traceparent"];
  if (isWriting(operation)) names.push("IdempotencyKey");
  if (problemsOf(operation).includes(412)) names.push("IfMatch");
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

/** A call without a body is one with nothing in it, so a body is needed where something has to be in it. */
function bodyOf({ bodyAs }: Operation, schema: z.ZodType, schemas: SchemaCollection): JsonObject {
  const type = bodyAs === "form" ? FORM_TYPE : "application/json";
  return { required: !schema.safeParse({}).success, content: { [type]: { schema: schemas.of(schema, "input") } } };
}

function responsesOf(operation: Operation, schemas: SchemaCollection): JsonObject {
  const responses: Record<string, JsonObject> = {};
  for (const status of problemsOf(operation))
    responses[status] = isPage(operation) ? pageResponseOf(status) : { $ref: referenceTo(status) };
  for (const status of EVERYWHERE) responses[status] ??= { $ref: referenceTo(status) };
  for (const [status, answer] of Object.entries(operation.answers)) {
    const refusedAs = problemsOf(operation).find((one) => one === Number(status));
    responses[status] = answerOf(operation, answer, schemas, refusedAs);
  }
  return responses;
}

/** Where the same status may be a problem's, both are told apart by their types. */
function answerOf(operation: Operation, answer: AnswerDescription, schemas: SchemaCollection, refusedAs?: ProblemStatus): JsonObject {
  const content: Record<string, unknown> = {};
  for (const type of mediaTypesOf(answer)) content[type] = contentOf(type, answer, schemas);
  if (refusedAs !== undefined) Object.assign(content, problemContentOf(refusedAs, operation.at));
  const own = Object.entries(answer.headers ?? {}).map(([name, description]) => {
    return [named(name), { ...ANSWER_HEADERS[named(name)], description }];
  });
  const replayed = isWriting(operation) ? { "Idempotent-Replayed": { $ref: "#/components/headers/Idempotent-Replayed" } } : {};
  return {
    description: answer.description,
    headers: { ...headersOfAll(), ...Object.fromEntries(own), ...replayed },
    ...(Object.keys(content).length > 0 && { content }),
  };
}

function contentOf(type: string, answer: AnswerDescription, schemas: SchemaCollection): JsonObject {
  const { schema, example, views = [] } = answer;
  if (type === STREAM_TYPE) return { schema: { type: "string" }, example: streamBeginning(example), [BY_ACCEPT]: true };
  if (views.includes(type)) return { schema: { type: "string" }, [BY_ACCEPT]: true };
  if (type !== "application/json" && !isText(schema)) return { schema: { type: "string" } };
  return { schema: schemas.of(schema, "output"), example };
}
