import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { ADMIN, type Answered, APP_SECRET, login, type Meddling, newRequest, startApi, type TestApi } from "./support/api.ts";
import { endLeases } from "./support/leases.ts";
import { newWholeGround, type WholeGround } from "./support/whole.ts";

const OLD = { adminTokens: ["the-tests-admin-token"], appSecrets: [APP_SECRET], jwtSecrets: [Buffer.alloc(32, "j")] } as const;
const NEW = { adminTokens: ["the-next-admin-token"], appSecrets: [Buffer.alloc(32, "n")], jwtSecrets: [Buffer.alloc(32, "k")] } as const;
/** The three steps after the old alone: the new one known, then used, then alone. */
const BOTH = {
  adminTokens: [...OLD.adminTokens, ...NEW.adminTokens],
  appSecrets: [...OLD.appSecrets, ...NEW.appSecrets],
  jwtSecrets: [...OLD.jwtSecrets, ...NEW.jwtSecrets],
} as const;
const SWAPPED = {
  adminTokens: [...NEW.adminTokens, ...OLD.adminTokens],
  appSecrets: [...NEW.appSecrets, ...OLD.appSecrets],
  jwtSecrets: [...NEW.jwtSecrets, ...OLD.jwtSecrets],
} as const;

type Headers = Readonly<Record<string, string>>;

/** What one process has given, and the calls that show it to another. */
interface Given {
  readonly poll: string;
  readonly tracking: string;
  readonly cursor: string;
  readonly user: Headers;
  readonly key: string;
  readonly order: Answered;
}

describe("Secrets that take each other's place", function () {
  this.timeout(40_000);
  let ground: WholeGround;
  const apis: Record<"old" | "both" | "swapped" | "new", TestApi> = Object.create(null);
  const meddling: Meddling = {};

  before(async () => {
    ground = await newWholeGround();
    apis.old = await startApi(ground, {}, meddling, OLD);
    apis.both = await startApi(ground, {}, {}, BOTH);
    apis.swapped = await startApi(ground, {}, {}, SWAPPED);
    apis.new = await startApi(ground, {}, {}, NEW);
  });
  after(async () => {
    for (const api of Object.values(apis)) await api.stop();
    await ground?.drop();
  });
  afterEach(() => {
    for (const name of Object.keys(meddling)) delete meddling[name];
  });

  const order = (api: TestApi, user: Headers, key: string) =>
    api.call("POST", "/orders", { headers: { ...user, "idempotency-key": key }, body: { amount: 999 } });

  /** One of each thing that a secret is in. */
  async function takeFrom(api: TestApi): Promise<Given> {
    const user = await login(api, randomUUID());
    const key = randomUUID();
    const placed = await order(api, user, key);
    assert.equal(placed.status, 202, placed.text);
    await order(api, user, randomUUID());
    const page = await api.call("GET", "/orders?limit=1", { headers: user });
    return {
      poll: String(placed.body.poll_url).replace(/^.*(?=\/orders\/)/, ""),
      tracking: (await newRequest(api)).address,
      cursor: `/orders?limit=1&token=${page.body.next_page_token}`,
      user,
      key,
      order: placed,
    };
  }

  /** The statuses of poll address, tracking address, page, user's token and repeated order. */
  async function show(api: TestApi, { poll, tracking, cursor, user, key }: Given, asked: Headers = user): Promise<number[]> {
    const answers = [
      await api.call("GET", poll),
      await api.call("GET", tracking),
      await api.call("GET", cursor, { headers: asked }),
      await api.call("GET", "/orders", { headers: user }),
      await order(api, user, key),
    ];
    return answers.map(({ status }) => status);
  }

  it("leave everything good at each process, while the new one is made known and then used, and end what the old gave when it goes", async () => {
    // Prepare
    const [before, middle, after] = [await takeFrom(apis.old), await takeFrom(apis.both), await takeFrom(apis.swapped)];
    const all = [200, 200, 200, 200, 202];

    // Act
    const known = [await show(apis.both, before), await show(apis.both, after), await show(apis.old, middle)];
    const used = [await show(apis.swapped, before), await show(apis.swapped, middle), await show(apis.new, after)];
    const gone = await show(apis.new, before);
    const again = await order(apis.swapped, before.user, before.key);

    // Assess: a tracking address needs no secret, and a user whose token is not good any more cannot show a page or repeat a call.
    assert.deepEqual([...known, ...used], Array(6).fill(all));
    assert.deepEqual(gone, [404, 200, 401, 401, 401]);
    assert.deepEqual([again.text, again.headers.get("idempotent-replayed")], [before.order.text, "true"]);
  });

  it("know the administrator by either token, and by the old one no longer once it is taken away", async () => {
    const by = async (api: TestApi, [token]: readonly [string, ...string[]]) =>
      (await api.call("GET", "/requests", { headers: { authorization: `Bearer ${token}` } })).status;

    for (const api of [apis.both, apis.swapped]) for (const { adminTokens } of [OLD, NEW]) assert.equal(await by(api, adminTokens), 200);
    assert.deepEqual([await by(apis.old, NEW.adminTokens), await by(apis.new, OLD.adminTokens)], [401, 401]);
  });

  it("do nothing a second time where an answer can no longer be opened, and say so", async () => {
    // Prepare
    const key = { "idempotency-key": randomUUID() };
    const first = await apis.old.call("POST", "/tasks", { headers: key, body: { title: "once" } });

    // Act
    const again = await apis.new.call("POST", "/tasks", { headers: key, body: { title: "once" } });

    // Assess
    assert.deepEqual([first.status, again.status], [201, 422]);
    assert.match(String(again.body.detail), /sealed with a secret that is not in use any more/);
  });

  it("give a tracking address that opens, where a process with the old one had died before it could answer", async () => {
    // Prepare
    const headers = { "idempotency-key": randomUUID() };
    const create = (api: TestApi) => api.call("POST", "/requests", { headers, body: { title: "Begun before, answered after" } });
    meddling.UpdateItem = (input) => {
      if ("TableName" in input && input.TableName === ground.outputs.idempotency_table)
        throw Object.assign(new Error("Down."), { name: "TimeoutError" });
    };
    const died = await create(apis.old);
    await endLeases(ground.outputs.idempotency_table);

    // Act
    const { status, body } = await create(apis.swapped);

    // Assess
    assert.deepEqual([died.status, status], [503, 201]);
    const address = String(body.trackingUrl).replace(/^.*(?=\/requests\/)/, "");
    assert.equal((await apis.swapped.call("GET", address)).status, 200);
    assert.equal((await apis.swapped.call("GET", `/requests/${body.requestId}`, { headers: ADMIN })).status, 200);
  });
});
