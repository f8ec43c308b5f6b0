/** Writes the client's TypeScript from the API's description: a type for each named schema, a method for each operation. */
import { z } from "zod";
import { BY_ACCEPT } from "../../api/openapi.ts";
import { member, type Schema, typeOf } from "./types.ts";

const schemaForm = z.record(z.string(), z.unknown());
const content = z.record(z.string(), z.object({ schema: schemaForm, [BY_ACCEPT]: z.literal(true).optional() }));
const parameter = z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema: schemaForm });
const operationForm = z.object({
  operationId: z.string(),
  summary: z.string(),
  tags: z.array(z.string()),
  parameters: z.array(parameter.or(z.object({ $ref: z.string() }))),
  requestBody: z.object({ required: z.boolean(), content }).optional(),
  responses: z.record(z.string(), z.object({ content: content.optional() })),
});
const documentForm = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationForm)),
  components: z.object({ schemas: z.record(z.string(), schemaForm) }),
});

/** What is there to be looked at in a browser. */
const FOR_PEOPLE = new Set(["documentation", "pages"]);

type Operation = z.infer<typeof operationForm>;

const HEAD = `/** Made from the API's description by \`npm run client\`; whatever is changed here is lost. */
import { type Answer, type CallOptions, type ClientOptions, makeCaller } from "./runtime.ts";

export { type Answer, type CallOptions, type ClientOptions, MilepostError } from "./runtime.ts";
`;

export function generateClient(document: unknown): string {
  const { paths, components } = documentForm.parse(document);
  const types = Object.entries(components.schemas).map(([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`);
  const all = Object.entries(paths).flatMap(([at, operations]) =>
    Object.entries(operations)
      .filter(([, { tags }]) => !tags.some((tag) => FOR_PEOPLE.has(tag)))
      .map(([method, operation]) => ({ at, method: method.toUpperCase(), operation })),
  );
  const answers = all.map(({ operation }) => operation).filter(hasOwnType);
  types.push(...answers.map((operation) => `export type ${ownTypeOf(operation)} = ${answerOf(operation)};\n`));
  const methods = all.map(({ at, method, operation }) => methodOf(at, method, operation));
  const start = [
    "export class Milepost {",
    "  readonly #call;\n",
    "  constructor(options: ClientOptions) {",
    "    this.#call = makeCaller(options);",
    "  }\n",
  ];
  return [HEAD, ...types, [...start, methods.join("\n"), "}", ""].join("\n")].join("\n");
}

function methodOf(at: string, method: string, operation: Operation): string {
  const { operationId, summary } = operation;
  const members = [groupOf(operation, "path"), groupOf(operation, "query"), bodyOf(operation)].filter((one) => one !== undefined);
  const isNeeded = members.some(({ isRequired }) => isRequired);
  const type = members.map(({ text }) => text).join("; ");
  const input = members.length === 0 ? "" : `input: { ${type} }${isNeeded ? "" : " = {}"}, `;
  return [
    `  /** ${summary} */`,
    `  ${operationId}(${input}options: CallOptions = {}): Promise<Answer<${hasOwnType(operation) ? ownTypeOf(operation) : answerOf(operation)}>> {`,
    `    return this.#call("${method}", "${at}", ${members.length === 0 ? "{}" : "input"}, options);`,
    "  }\n",
  ].join("\n");
}

interface Member {
  readonly text: string;
  readonly isRequired: boolean;
}

/** What goes into the path or the query. Headers are the same for all, and stand in the options. */
function groupOf({ parameters }: Operation, place: "path" | "query"): Member | undefined {
  const own = parameters.filter((one) => "in" in one).filter((one) => one.in === place);
  if (own.length === 0) return undefined;
  const isRequired = own.some(({ required }) => required);
  const members = own.map(({ name, schema, required }) => member(name, typeOf(schema), required));
  return { text: member(place, `{ ${members.join("; ")} }`, isRequired), isRequired };
}

function bodyOf({ requestBody }: Operation): Member | undefined {
  const json = requestBody?.content["application/json"];
  if (requestBody === undefined || json === undefined) return undefined;
  return { text: member("body", typeOf(json.schema), requestBody.required), isRequired: requestBody.required };
}

/** Whether what it answers has no name yet. */
function hasOwnType(operation: Operation): boolean {
  return answerOf(operation).startsWith("{");
}

function ownTypeOf({ operationId }: Operation): string {
  return `${operationId.charAt(0).toUpperCase()}${operationId.slice(1)}Answer`;
}

/** What a success brings; a problem is thrown. */
function answerOf({ responses }: Operation): string {
  const successes = Object.entries(responses).filter(([status]) => status.startsWith("2"));
  const contents = successes.flatMap(([, answer]) => Object.values(answer.content ?? {}));
  const schemas = contents.filter((one) => !one[BY_ACCEPT]).map(({ schema }): Schema => schema);
  return schemas.length === 0 ? "undefined" : [...new Set(schemas.map(typeOf))].join(" | ");
}
