import assert from "node:assert/strict";
import { ADMIN, type Answered, change, newRequest, startApi, type TestApi } from "./support/api.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

const WRONG = { authorization: "Bearer not-the-administrators" };
/** So few that what comes back meanwhile, one in twelve seconds, is not met by chance. */
const FAILED = 5;
const BEHIND_ONE_PROXY = { FAILED_CALLS_PER_MINUTE: String(FAILED), TRUSTED_PROXIES: "1" };

describe("What the API takes from one address", function () {
  this.timeout(30_000);
  let ground: WorkerGround;
  let api: TestApi;

  before(async () => {
    ground = await newGround();
  });
  afterEach(() => api.stop());
  after(() => ground?.drop());

  const from = (address: string, headers: Readonly<Record<string, string>> = {}) => ({
    headers: { "x-forwarded-for": address, ...headers },
  });

  /** Calls until it is refused. */
  async function fail(make: () => Promise<Answered>, expected: number): Promise<Answered> {
    for (let time = 0; time < FAILED; time++) assert.equal((await make()).status, expected);
    return make();
  }

  it("is so many wrong tokens of the administrator, and then none at all, right or wrong, before anything is compared", async () => {
    // Prepare
    api = await startApi(ground, { FAILED_CALLS_PER_MINUTE: String(FAILED) });
    const { id, address } = await newRequest(api);

    // Act
    const refused = await fail(() => api.call("GET", "/requests", { headers: WRONG }), 401);
    api.sent.length = 0;
    const right = [
      await api.call("GET", "/requests", { headers: ADMIN }),
      await change(api, id, "IN_PROGRESS"),
      await api.call("GET", address),
    ];

    // Assess
    const { status, body, headers } = refused;
    assert.deepEqual([status, body.title], [429, "Too Many Requests"]);
    assert.equal(body.detail, "At most 5 calls a minute with wrong credentials are taken from one address.");
    const seconds = Number(headers.get("retry-after"));
    assert.ok(seconds >= 1 && seconds <= 12, String(seconds));
    assert.deepEqual([headers.get("ratelimit-limit"), headers.get("ratelimit-remaining")], ["5", "0"]);
    assert.deepEqual([right.map((one) => one.status), api.sent], [[429, 429, 429], []]);
    assert.ok(api.log.messages.some((line) => line.startsWith("too many wrong credentials from one address")));
  });

  it("is whatever shows no credentials, also then, and health and readiness always", async () => {
    api = await startApi(ground, { FAILED_CALLS_PER_MINUTE: String(FAILED), CALLS_PER_MINUTE: "8" });
    await fail(() => api.call("GET", "/requests", { headers: WRONG }), 401);

    assert.equal((await api.call("POST", "/requests", { body: { title: "Without credentials" } })).status, 201);
    for (let time = 0; time < 10; time++)
      for (const address of ["/health", "/ready"]) assert.equal((await api.call("GET", address, { headers: WRONG })).status, 200);
  });

  it("is so many guesses at a tracking token, whichever request they are for", async () => {
    api = await startApi(ground, { FAILED_CALLS_PER_MINUTE: String(FAILED) });
    const { id, address } = await newRequest(api);
    let guesses = 0;

    const refused = await fail(() => api.call("GET", `/requests/${id}${guesses % 2}?t=guess${guesses++}`), 404);

    assert.equal(refused.status, 429);
    assert.equal((await api.call("GET", address)).status, 429);
    assert.equal((await api.call("GET", `/requests/${id}`)).status, 404);
  });

  it("is counted for each address, of IPv6 for each network, as the proxies of one's own have seen it", async () => {
    api = await startApi(ground, BEHIND_ONE_PROXY);
    const ask = (address: string) => api.call("GET", "/requests", from(address, WRONG));
    await fail(() => ask("192.0.2.1"), 401);
    await fail(() => ask("2001:db8:1:2::1"), 401);

    const forged = ["192.0.2.1", "198.51.100.7, 192.0.2.1", "2001:db8:1:2:ffff::9", "192.0.2.1:4711"];
    for (const address of forged) assert.equal((await ask(address)).status, 429, address);
    for (const address of ["192.0.2.2", "192.0.2.1, 192.0.2.3", "2001:db8:1:3::1"]) assert.equal((await ask(address)).status, 401, address);
  });

  it("is not made more by an X-Forwarded-For that nobody of ours has written", async () => {
    api = await startApi(ground, { FAILED_CALLS_PER_MINUTE: String(FAILED) });
    let time = 0;

    const refused = await fail(
      () => api.call("GET", "/requests", from(`192.0.2.${time++}`, { ...WRONG, forwarded: "for=192.0.2.9" })),
      401,
    );

    assert.equal(refused.status, 429);
  });

  it("is so many calls of any kind where that is set, also to addresses where nothing is", async () => {
    // Prepare
    api = await startApi(ground, { CALLS_PER_MINUTE: "5", TRUSTED_PROXIES: "1" });
    const ask = (address: string) => api.call("GET", "/openapi.json", from(address));

    // Act
    const taken = [];
    for (let time = 0; time < 5; time++) taken.push((await ask("192.0.2.1")).status);
    const refused = await ask("192.0.2.1");

    // Assess
    assert.deepEqual(taken, [200, 200, 200, 200, 200]);
    assert.deepEqual([refused.status, refused.body.detail], [429, "At most 5 calls a minute are taken from one address."]);
    assert.equal((await ask("192.0.2.2")).status, 200);
  });

  it("is not less for whoever is right, and is not counted down by what fails otherwise", async () => {
    api = await startApi(ground, { FAILED_CALLS_PER_MINUTE: "1" });
    const { id, address } = await newRequest(api);

    for (let time = 0; time < 10; time++) {
      assert.equal((await api.call("GET", address)).status, 200);
      assert.equal((await api.call("GET", "/requests", { headers: ADMIN })).status, 200);
      assert.equal((await change(api, id, "PENDING")).status, 409);
      assert.equal((await api.call("GET", `/requests/${id}none`, { headers: ADMIN })).status, 404);
    }
  });
});
