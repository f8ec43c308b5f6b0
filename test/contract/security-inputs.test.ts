import assert from "node:assert/strict";
import { z } from "zod";
import { catalogue } from "../../api/catalogue.ts";
import type { Operation } from "../../api/operation.ts";
import { ADMIN, type Answered, complaints, startApi, type TestApi } from "./support/api.ts";
import { newWholeGround, type WholeGround } from "./support/whole.ts";

/** What only the service decides, by the names it has in answers, in tables and in requests of other services. */
const NOT_THEIRS = ["id", "requestId", "order_id", "user_id", "userId", "owner", "status", "version", "historyVersion", "pending"];
const NOR_THESE = [
  "total",
  "totalCents",
  "subtotal",
  "discount",
  "price",
  "paid",
  "steps",
  "marks",
  "tokenHash",
  "createdAt",
  "created_at",
];
const NEITHER = ["updatedAt", "changeId", "result", "reason", "role", "admin", "isAdmin", "PK", "kind", "v", "mark", "caller"];
const PRIVILEGED = [...NOT_THEIRS, ...NOR_THESE, ...NEITHER];

/** Texts, since in a literal the first would set a prototype in place of naming a member. */
const POLLUTING = ['"__proto__":{"admin":true}', '"constructor":{"prototype":{"admin":true}}', '"prototype":{"admin":true}'];

/** Nothing in here is ever done: every call is refused for what it brings along. */
describe("What no caller decides", function () {
  this.timeout(30_000);
  let ground: WholeGround;
  let api: TestApi;

  before(async () => {
    ground = await newWholeGround();
    api = await startApi(ground, { BODY_BYTES_MAX: "4096" });
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });
  beforeEach(() => {
    api.sent.length = 0;
  });

  const ask = ({ method, at }: Operation, query: string, body?: unknown): Promise<Answered> =>
    api.call(method, `${at.replace("{id}", "an-id").replace("{kind}", "requests")}${query}`, { headers: ADMIN, body });

  const operations = catalogue();
  // Forms are no JSON: what they may hold is tried where the console is.
  const taking = operations.flatMap((operation) =>
    operation.body === undefined || operation.bodyAs === "form" ? [] : [{ operation, body: exampleOf(operation.body) }],
  );
  const asking = operations.filter(({ query }) => query !== undefined);

  for (const { operation, body } of taking) {
    const where = `${operation.method} ${operation.at}`;

    it(`is a member that is not the caller's to send: ${where}`, async () => {
      for (const member of PRIVILEGED.filter((name) => !membersOf(operation.body).includes(name))) {
        const found = complaints(await ask(operation, "", { ...body, [member]: "COMPLETED" }));
        assert.ok(found.includes(`/${member} unknown`), `${member}: ${found}`);
      }
      assert.deepEqual(api.sent, []);
    });

    it(`is what other objects are: ${where}`, async () => {
      for (const member of POLLUTING) {
        const text = JSON.stringify(body).replace(/\}$/, `${Object.keys(body).length === 0 ? "" : ","}${member}}`);
        assert.equal((await ask(operation, "", text)).status, 400, text);
      }
      assert.deepEqual([Reflect.get({}, "admin"), api.sent], [undefined, []]);
    });

    it(`is how much is read, or how deep: ${where}`, async () => {
      const deep = `${'{"a":'.repeat(600)}1${"}".repeat(600)}`;
      assert.equal((await ask(operation, "", JSON.stringify({ ...body, more: " ".repeat(4_096) }))).status, 413);
      assert.equal((await ask(operation, "", deep)).status, 400);
      assert.equal((await ask(operation, "", "[".repeat(4_000))).status, 400);
      assert.deepEqual(api.sent, []);
    });
  }

  for (const operation of asking) {
    it(`is a parameter that is given twice, as a list or an object, or under another's name: GET ${operation.at}`, async () => {
      for (const name of membersOf(operation.query)) {
        for (const query of [`?${name}=1&${name}=2`, `?${name}=&${name}=`]) {
          const found = complaints(await ask(operation, query));
          assert.ok(
            found.some((complaint) => complaint.startsWith(`${name} `)),
            `${query}: ${found}`,
          );
        }
        for (const other of [`${name}[]`, `${name}[a]`, `${name}.a`, name.toUpperCase()])
          assert.deepEqual(strangers(await ask(operation, `?${encodeURIComponent(other)}=1`)), [`${pointer(other)} unknown`]);
      }
      for (const name of ["__proto__", "constructor", "prototype", "__proto__[admin]", "admin", "user_id"])
        assert.deepEqual(strangers(await ask(operation, `?${encodeURIComponent(name)}=true`)), [`${name} unknown`], name);
      assert.deepEqual([Reflect.get({}, "admin"), api.sent], [undefined, []]);
    });
  }
});

/** What is said of a call beside what it lacks. */
function strangers(answer: Answered): string[] {
  return complaints(answer).filter((complaint) => !complaint.endsWith(" required"));
}

function exampleOf(body: z.ZodType): Readonly<Record<string, unknown>> {
  const [example] = z.array(z.record(z.string(), z.unknown())).nonempty().parse(body.meta()?.examples);
  return example ?? assert.fail();
}

function membersOf(schema: z.ZodType | undefined): string[] {
  assert.ok(schema instanceof z.ZodObject);
  return Object.keys(schema.shape);
}

/** A member's name as a JSON pointer has it. */
function pointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
