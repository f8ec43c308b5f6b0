/** The JSON Schemas of the document: made from those that check, and each that has a name of its own written once. */
import { z } from "zod";

export type JsonObject = { readonly [name: string]: unknown };

export interface ObjectSchema {
  readonly properties?: Readonly<Record<string, JsonObject>>;
  readonly required?: readonly string[];
}

export class SchemaCollection {
  readonly #named: Map<string, JsonObject>;

  constructor(first: Readonly<Record<string, JsonObject>>) {
    this.#named = new Map(Object.entries(first));
  }

  /** What has to come in ("input"), or what goes out ("output"). */
  of(schema: z.ZodType, io: "input" | "output"): JsonObject {
    const { $schema: _, $defs = {}, ...own } = toJsonSchema(schema, io);
    for (const [name, one] of Object.entries($defs)) this.#named.set(name, one);
    return own;
  }

  /** The members of a schema for parameters. */
  object(schema: z.ZodType): ObjectSchema {
    return toJsonSchema(schema, "input");
  }

  /** Those with a name, in the order of their names. */
  all(): Record<string, JsonObject> {
    return Object.fromEntries([...this.#named].sort(([one], [other]) => (one < other ? -1 : 1)));
  }
}

interface RootSchema extends ObjectSchema {
  readonly $schema?: unknown;
  readonly $defs?: Readonly<Record<string, JsonObject>>;
}

function toJsonSchema(schema: z.ZodType, io: "input" | "output"): RootSchema {
  const made = z.toJSONSchema(schema, {
    io,
    target: "draft-2020-12",
    unrepresentable: "throw",
    override: ({ jsonSchema }) => tidy(jsonSchema),
  });
  const text = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text);
}

/** What says nothing more than the rest of the schema does. */
function tidy(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.format === "date-time") delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}
