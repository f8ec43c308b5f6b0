import assert from "node:assert/strict";
import { z } from "zod";
import { catalogue } from "../../api/catalogue.ts";
import type { Operation } from "../../api/operation.ts";
import { ADMIN, login, newRequest, startApi, type TestApi } from "./support/api.ts";
import { endpointUrl } from "./support/endpoint.ts";
import { newWholeGround, type WholeGround } from "./support/whole.ts";

type Headers = Readonly<Record<string, string>>;

const WRONG: Headers = { authorization: "Bearer nobody-has-given-this" };
const CREDENTIALS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
const BEFORE: Readonly<Record<string, string | undefined>> = { ...process.env };
const operations = catalogue();
const withId = operations.filter(({ at, access }) => at.includes("{") && access !== "session");

/** What is asked for by its id, and what opens one of it to whom no token does: nothing where there is no such thing. */
const NOUNS = ["requests", "orders", "products", "tasks"] as const;
type Noun = (typeof NOUNS)[number];

/** The statuses that each caller gets for a thing of ann's: with nothing, as bob, as ann, as the administrator. */
interface Rule {
  readonly nobody: number;
  readonly bob: number;
  readonly ann: number;
  readonly admin: number;
  /** With what ann was given to show it by, and with what bob was given for one of his own; undefined where there is none. */
  readonly byAddress?: readonly [theirs: number, anothers: number];
}

/** Whoever adds an operation that takes an id says here who may do it to whose. */
const RULES: Readonly<Record<string, Rule>> = {
  getRequest: { nobody: 404, bob: 404, ann: 404, admin: 200, byAddress: [200, 404] },
  getRequestHistory: { nobody: 404, bob: 404, ann: 404, admin: 200, byAddress: [200, 404] },
  changeRequestStatus: { nobody: 401, bob: 403, ann: 403, admin: 200 },
  getOrder: { nobody: 404, bob: 404, ann: 200, admin: 200, byAddress: [200, 404] },
  getOrderHistory: { nobody: 404, bob: 404, ann: 200, admin: 200, byAddress: [200, 404] },
  // There is none yet, which only those learn who may see it: the others are told that there is no such order.
  getInvoice: { nobody: 404, bob: 404, ann: 404, admin: 404, byAddress: [404, 404] },
  cancelOrder: { nobody: 401, bob: 404, ann: 202, admin: 409 },
  getProduct: { nobody: 200, bob: 200, ann: 200, admin: 200 },
  getProductEvents: { nobody: 200, bob: 200, ann: 200, admin: 200 },
  getProductHistory: { nobody: 200, bob: 200, ann: 200, admin: 200 },
  deleteProduct: { nobody: 401, bob: 403, ann: 403, admin: 204 },
  getTask: { nobody: 200, bob: 200, ann: 200, admin: 200 },
  getTaskHistory: { nobody: 200, bob: 200, ann: 200, admin: 200 },
};

/** What is the administrator's alone, and what takes a user: an operation does not become more open without somebody saying so here. */
const ADMINS = ["changeRequestStatus", "listRequests", "listFailures", "redriveFailure"];
const USERS = ["cancelOrder", "getDeadLetterStats", "listOrders", "placeOrder"];
const ADMINS_ELSEWHERE = [...ADMINS, "createProduct", "createTask", "deleteProduct", "listTasks"];

describe("Who may do what", function () {
  this.timeout(60_000);
  let ground: WholeGround;
  let local: TestApi;
  let elsewhere: TestApi;
  let ann: Headers;
  let bob: Headers;
  const owned = new Map<Noun, { readonly id: string; readonly theirs: string; readonly anothers: string }>();

  before(async () => {
    ground = await newWholeGround();
    local = await startApi(ground);
    const services = ["DYNAMODB_ENDPOINT", "SQS_ENDPOINT", "STEPFUNCTIONS_ENDPOINT", "S3_ENDPOINT"];
    const variables = Object.fromEntries(services.map((name) => [name, endpointUrl()]));
    // Outside local mode the SDK finds credentials itself; these open nothing anywhere.
    Object.assign(process.env, CREDENTIALS);
    elsewhere = await startApi(ground, { MILEPOST_MODE: "aws", AWS_ENDPOINT_URL: "", ...variables });
    [ann, bob] = [await login(local, "ann"), await login(local, "bob")];
    const [request, other] = [await newRequest(local), await newRequest(local)];
    owned.set("requests", { id: request.id, theirs: `t=${request.token}`, anothers: `t=${other.token}` });
    const [order, foreign] = [await make("orders", { amount: 999 }, ann), await make("orders", { amount: 999 }, bob)];
    const signatureOf = (body: Made) => new URL(String(body.poll_url)).search.slice(1);
    owned.set("orders", { id: String(order.order_id), theirs: signatureOf(order), anothers: signatureOf(foreign) });
    owned.set("products", { id: String((await make("products", { name: "Pump", price: 1 })).id), theirs: "", anothers: "" });
    owned.set("tasks", { id: String((await make("tasks", { title: "Pump" })).id), theirs: "", anothers: "" });
  });
  after(async () => {
    for (const api of [local, elsewhere]) await api?.stop();
    for (const name of Object.keys(CREDENTIALS)) {
      if (BEFORE[name] === undefined) delete process.env[name];
      else process.env[name] = BEFORE[name];
    }
    await ground?.drop();
  });

  type Made = Readonly<Record<string, unknown>>;

  async function make(noun: Noun, body: object, headers: Headers = {}): Promise<Made> {
    const answer = await local.call("POST", `/${noun}`, { body, headers });
    assert.ok(answer.status < 300, answer.text);
    return answer.body;
  }

  /** Calls an operation about what is ann's, in a way that is right but for who calls. */
  async function call({ method, at, name }: Operation, headers: Headers, query = ""): Promise<number> {
    const noun = NOUNS.find((one) => at.startsWith(`/${one}`));
    const address = at.replace("{id}", owned.get(noun ?? "requests")?.id ?? "none");
    const body = BODIES[name];
    const { status } = await elsewhere.call(method, query === "" ? address : `${address}?${query}`, { headers, ...(body && { body }) });
    return status;
  }

  it("is told of every operation that takes an id, here", () => {
    assert.deepEqual(withId.map(({ name }) => name).sort(), Object.keys(RULES).sort());
  });

  for (const operation of withId) {
    const { name, method, at } = operation;
    const rule = RULES[name];
    if (rule === undefined) continue;

    it(`holds for another's, by its id: ${method} ${at}`, async () => {
      // Prepare: those come first who are refused, since some operations can be done once.
      const noun = NOUNS.find((one) => at.startsWith(`/${one}`)) ?? assert.fail(at);
      const { theirs, anothers } = owned.get(noun) ?? assert.fail(noun);

      // Act
      const wrong = await call(operation, WRONG);
      const seen = { nobody: await call(operation, {}), bob: await call(operation, bob), ann: await call(operation, ann) };
      const byAddress = rule.byAddress && [await call(operation, {}, theirs), await call(operation, {}, anothers)];
      const admin = await call(operation, ADMIN);

      // Assess
      assert.deepEqual({ ...seen, admin, ...(byAddress && { byAddress }) }, rule);
      assert.equal(wrong, 401);
    });
  }

  it("is the administrator's where it is said to be, and a user's, for every operation there is", async () => {
    const named = (access: string) => operations.filter((one) => one.access === access).map(({ name }) => name);

    assert.deepEqual([named("admin").sort(), named("user").sort()], [[...ADMINS].sort(), [...USERS].sort()]);
    for (const operation of operations.filter(({ name }) => ADMINS_ELSEWHERE.includes(name))) {
      const statuses = [await call(operation, {}), await call(operation, WRONG), await call(operation, ann)];
      assert.deepEqual(statuses, [401, 401, 403], operation.name);
    }
    for (const operation of operations.filter(({ name }) => USERS.includes(name)))
      assert.deepEqual([await call(operation, {}), await call(operation, WRONG)], [401, 401], operation.name);
  });

  it("is a session's alone where the console is, whatever else a caller shows", async () => {
    const own = operations.filter(({ access }) => access === "session");
    assert.ok(own.length > 5);
    for (const { method, at, name, body } of own) {
      const address = at.replace("{kind}", "requests").replace("{id}", owned.get("requests")?.id ?? "none");
      const form = new URLSearchParams(body === undefined ? {} : formOf(body)).toString();
      for (const headers of [{}, WRONG, ann, ADMIN, { cookie: `milepost_session=${ADMIN.authorization.slice("Bearer ".length)}` }]) {
        const sent = method === "GET" ? {} : { body: form, headers: { ...headers, "content-type": "application/x-www-form-urlencoded" } };
        const { status } = await fetch(`${elsewhere.url}${address}`, { method, headers, redirect: "manual", ...sent });
        assert.equal(status, 401, `${name} ${JSON.stringify(headers)}`);
      }
    }
  });

  it("is not decided by what a caller says of itself", async () => {
    const claims: Headers[] = [
      { "x-user-id": "ann", "x-forwarded-user": "ann", "x-role": "admin" },
      { "x-original-url": "/health", "x-rewrite-url": "/health" },
      { "x-http-method-override": "GET", "x-method-override": "GET" },
      { cookie: `authorization=${ADMIN.authorization}; admin=1` },
      { "proxy-authorization": ADMIN.authorization },
    ];
    for (const headers of claims)
      assert.equal((await elsewhere.call("GET", "/requests", { headers })).status, 401, JSON.stringify(headers));
  });
});

function formOf(body: z.ZodType): Record<string, string> {
  const [example] = z.tuple([z.record(z.string(), z.string())]).parse(body.meta()?.examples);
  return example;
}

/** What is right to send where something is. */
const BODIES: Readonly<Record<string, object>> = {
  changeRequestStatus: { status: "IN_PROGRESS" },
  cancelOrder: {},
  placeOrder: { amount: 1 },
  createProduct: { name: "Pump", price: 1 },
  createTask: { title: "Pump" },
  redriveFailure: { id: "none" },
};
