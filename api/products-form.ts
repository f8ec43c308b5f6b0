/** What calls about products look like, and their answers: checked on the way in, described for the way out. */
import { z } from "zod";
import { centsOf } from "../domain/money.ts";
import { type ProductStatus, products } from "../domain/products.ts";
import { EVENT_STATES } from "./events.ts";
import { historyEntry, limit, line, moment, PAGE_TOKEN, pageToken, recordId, text } from "./schemas.ts";

const NAME_LENGTH_MAX = 200;
const DESCRIPTION_LENGTH_MAX = 2_000;
const STOCK_MAX = 1_000_000_000;
const PAGE = { most: 100, usual: 20 };
/** The record that the examples speak of. */
const ID = "3c9e6679-7425-40de-944b-e07fc1f90ae7";

const statuses = Object.keys(products.transitions) as [ProductStatus, ...ProductStatus[]];
const status = z.enum(statuses, { error: `must be one of ${statuses.join(", ")}` });
const paging = { limit: limit(PAGE.most, PAGE.usual), token: pageToken.optional() };

const price = z
  .number({ error: "must be a number" })
  .refine((value) => (centsOf(value) ?? 0) > 0, {
    error: "must be above 0 and at most 1,000,000,000, with at most two decimals",
    params: { rule: "price" },
  })
  .meta({ exclusiveMinimum: 0, maximum: 1_000_000_000, multipleOf: 0.01 });
const STOCK_RULE = `must be a whole number from 0 to ${STOCK_MAX.toLocaleString("en")}`;
const stock = z
  .number({ error: STOCK_RULE })
  .refine((value) => Number.isInteger(value) && value >= 0 && value <= STOCK_MAX, { error: STOCK_RULE, params: { rule: "range" } })
  .meta({ type: "integer", minimum: 0, maximum: STOCK_MAX });

export const withId = z.strictObject({ id: recordId.meta({ examples: [ID] }) });
export const pageQuery = z.strictObject(paging);
export const listQuery = z.strictObject({ status: status.default(products.initial), ...paging });
export const creationBody = z
  .strictObject({
    name: line(1, NAME_LENGTH_MAX),
    description: text(DESCRIPTION_LENGTH_MAX).nullish(),
    price,
    stock: stock.optional(),
  })
  .meta({ examples: [{ name: "Laptop", description: "High-performance laptop", price: 1299.99, stock: 25 }] });

const product = z
  .strictObject({
    id: recordId,
    name: z.string(),
    description: z.string().nullable(),
    price: z.number(),
    /** How many are left; of a product without end there is none. */
    stock: z.int().optional(),
    status,
    created_at: moment,
    updated_at: moment,
  })
  .meta({ id: "Product" });
const event = z
  .strictObject({
    eventId: z.string(),
    type: z.string(),
    version: z.int(),
    state: z.enum(EVENT_STATES),
    changedAt: moment,
    processedAt: moment.optional(),
    reason: z.string().optional(),
  })
  .meta({ id: "ProductEvent" });
const nextPage = { next_page_token: z.string().optional() };

const CREATED_AT = "2026-11-21T08:30:00.000Z";
const PROCESSED_AT = "2026-11-21T08:30:00.034Z";
const LAPTOP = {
  id: ID,
  name: "Laptop",
  description: "High-performance laptop",
  price: 1299.99,
  stock: 25,
  status: "ACTIVE",
  created_at: CREATED_AT,
  updated_at: CREATED_AT,
};
const EVENT = {
  eventId: `${ID}-1`,
  type: "product.created",
  version: 1,
  state: "processed",
  changedAt: CREATED_AT,
  processedAt: PROCESSED_AT,
};
const ENTRY = {
  eventId: `${ID}-1`,
  version: 1,
  from: null,
  to: "ACTIVE",
  changedAt: CREATED_AT,
  changeId: "0b8a47f2-6c1e-4b39-8f50-d9e2c3a61b74",
  type: "product.created",
  notifiedAt: PROCESSED_AT,
};
const ETAG = { etag: 'The product\'s version in quotes, for If-Match: "1"' };

const page = (name: string, items: z.ZodType, example: unknown) => ({
  200: {
    description: "A page.",
    schema: z.strictObject({ [name]: z.array(items), ...nextPage }),
    example: { [name]: [example], next_page_token: PAGE_TOKEN },
  },
});

export const answers = {
  create: {
    201: {
      description: "The product is made.",
      schema: product,
      example: LAPTOP,
      headers: { ...ETAG, location: "Where the product is" },
    },
  },
  get: { 200: { description: "The product.", schema: product, example: LAPTOP, headers: ETAG } },
  list: page("products", product, LAPTOP),
  events: page("events", event, EVENT),
  history: page("history", historyEntry, ENTRY),
  remove: { 204: { description: "The product is gone.", schema: z.literal(""), example: "" } },
};
