import assert from "node:assert/strict";
import { catalogue } from "../../api/catalogue.ts";
import { ADMIN, login, type Meddling, newRequest, startApi, type TestApi } from "./support/api.ts";
import { uniqueName } from "./support/endpoint.ts";
import { rawCall } from "./support/raw.ts";
import { newWholeGround, type WholeGround } from "./support/whole.ts";

const BASE = "https://milepost.example";
const ORIGIN = { origin: "https://elsewhere.example" };
const PREFLIGHT = { ...ORIGIN, "access-control-request-method": "PATCH", "access-control-request-headers": "authorization" };
/** What every answer has, in these words unless a page needs more. */
const ALWAYS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

interface Seen {
  readonly status: number;
  readonly headers: Headers;
}

describe("Every answer", function () {
  this.timeout(30_000);
  let ground: WholeGround;
  let api: TestApi;
  const meddling: Meddling = {};

  before(async () => {
    ground = await newWholeGround();
    api = await startApi(ground, { APP_PUBLIC_BASE_URL: BASE, FAILED_CALLS_PER_MINUTE: "20", TRUSTED_PROXIES: "1" }, meddling);
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });
  afterEach(() => {
    for (const name of Object.keys(meddling)) delete meddling[name];
  });

  /** One of each status there is, asked for from a page of another origin. */
  async function oneOfEach(): Promise<Seen[]> {
    const headers = { ...ORIGIN };
    const admin = { ...ORIGIN, ...ADMIN };
    const { id, address } = await newRequest(api);
    const product = await api.call("POST", "/products", { headers, body: { name: uniqueName("Pump"), price: 1 } });
    const user = await login(api, "ann");
    const keyed = { ...headers, "idempotency-key": uniqueName("key") };
    const at = (path: string, more: object = {}, method = "GET") => api.call(method, path, { headers, ...more });
    const seen: Seen[] = [
      product,
      await at(address),
      await at(`/products/${product.body.id}`, {}, "DELETE"),
      await at("/orders", { headers: { ...ORIGIN, ...user }, body: { amount: 1 } }, "POST"),
      await at("/requests", {}, "OPTIONS"),
      await at("/requests?limit=x", { headers: admin }),
      await at("/requests"),
      await at("/requests", { headers: { ...ORIGIN, ...user } }),
      await at("/nothing"),
      await at("/requests", { headers: admin }, "PUT"),
      await at("/ready", { headers: { ...ORIGIN, accept: "image/png" } }),
      await at(`/requests/${id}/status`, { headers: admin, body: { status: "PENDING" } }, "PATCH"),
      await at(`/requests/${id}/status`, { headers: { ...admin, "if-match": '"9"' }, body: { status: "ON_HOLD" } }, "PATCH"),
      await at("/tasks", { body: { title: "x".repeat(70_000) } }, "POST"),
      await at("/tasks", { headers: { ...ORIGIN, "content-type": "text/plain" }, body: "x" }, "POST"),
      await at("/tasks", { headers: keyed, body: { title: "one" } }, "POST"),
      await at("/tasks", { headers: keyed, body: { title: "other" } }, "POST"),
      ...(await failures(address)),
      ...(await Promise.all(["HELO\r\n\r\n", `GET / HTTP/1.1\r\nx: ${"x".repeat(20_000)}\r\n\r\n`].map((bytes) => rawly(api, bytes)))),
    ];
    // From an address of its own, so that the other tests are heard.
    const guess = { ...ORIGIN, authorization: "Bearer wrong", "x-forwarded-for": "192.0.2.1" };
    while (seen.at(-1)?.status !== 429) seen.push(await at("/requests", { headers: guess }));
    return seen;
  }

  async function failures(address: string): Promise<Seen[]> {
    meddling.GetItem = () => {
      throw new Error("A mistake.");
    };
    const mistake = await api.call("GET", address, { headers: ORIGIN });
    meddling.GetItem = () => {
      throw Object.assign(new Error("Down."), { name: "TimeoutError" });
    };
    const outage = await api.call("GET", address, { headers: ORIGIN });
    delete meddling.GetItem;
    return [mistake, outage];
  }

  it("lets no other origin read it and no page frame it, names its type truly, and tells nothing of what it is made with", async () => {
    // Act
    const seen = await oneOfEach();

    // Assess
    const statuses = [...new Set(seen.map(({ status }) => status))].sort();
    assert.deepEqual(statuses, [200, 201, 202, 204, 400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 429, 431, 500, 503]);
    for (const { status, headers } of seen) {
      const names = [...headers.keys()];
      assert.deepEqual(
        names.filter((name) => /^access-control-|^server$|^x-powered-by$|^set-cookie$|^timing-allow-origin$/.test(name)),
        [],
        String(status),
      );
      for (const [name, text] of Object.entries(ALWAYS)) assert.equal(headers.get(name), text, `${status} ${name}`);
      assert.equal(headers.get("cache-control"), "no-store", String(status));
      assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none'.*frame-ancestors 'none'/, String(status));
      if (status >= 400) assert.equal(headers.get("content-type"), "application/problem+json; charset=utf-8");
      else if (status !== 204) assert.equal(headers.get("content-type"), "application/json; charset=utf-8");
    }
  });

  it("is as closed where it is a page, which runs no script that stands in it, and where it is a refusal as a page", async () => {
    // Prepare
    const { address } = await newRequest(api, "<script>alert(1)</script>");
    const headers = { ...ORIGIN, accept: "text/html" };

    // Act
    const seen = [await api.call("GET", address, { headers }), await api.call("GET", "/requests/none?t=wrong", { headers })];

    // Assess
    assert.deepEqual(
      seen.map(({ status }) => status),
      [200, 404],
    );
    for (const { headers: sent, text } of seen) {
      assert.equal(sent.get("content-type"), "text/html; charset=utf-8");
      assert.deepEqual(
        [...sent.keys()].filter((name) => name.startsWith("access-control-") || name === "set-cookie"),
        [],
      );
      for (const [name, value] of Object.entries(ALWAYS)) assert.equal(sent.get(name), value, name);
      const policy = sent.get("content-security-policy") ?? "";
      assert.match(policy, /^default-src 'none'; script-src 'self'.*frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe|\*|https?:/);
      assert.doesNotMatch(text, /<script>/);
    }
  });

  it("to a preflight lets nobody in, at any address there is", async () => {
    const addresses = new Set(catalogue().map(({ at }) => at.replace("{id}", "x")));
    for (const address of [...addresses, "/nothing"]) {
      const { headers, status } = await api.call("OPTIONS", address, { headers: PREFLIGHT });
      assert.deepEqual([[...headers.keys()].filter((name) => name.startsWith("access-control")), status < 500], [[], true], address);
    }
  });

  it("is to a method of the list and to no other, at any address there is", async () => {
    for (const { at } of catalogue())
      for (const method of ["PUT", "PROPFIND", "PURGE"]) {
        const { status, headers } = await api.call(method, at.replace("{id}", "x"));
        assert.deepEqual([status, headers.get("allow")?.includes(method)], [405, false], `${method} ${at}`);
      }
    for (const method of ["TRACE", "CONNECT", "BREW"])
      assert.doesNotMatch(await rawCall(api, `${method} /requests HTTP/1.1\r\nhost: a\r\n\r\n`), / 2\d\d /);
  });

  it("leads where we say we are, whatever host, scheme or address the call claims to have come by", async () => {
    // Prepare
    const forwarded = {
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "http",
      "x-forwarded-for": "127.0.0.1",
      forwarded: "host=evil.example",
    };
    const lines = Object.entries({ host: "evil.example", ...forwarded }).map(([name, value]) => `${name}: ${value}`);
    const body = '{"title":"x"}';

    // Act
    const text = await rawCall(api, [`POST /requests HTTP/1.1`, ...lines, ...lengthOf(body), "", body].join("\r\n"));
    const absolute = await rawCall(api, [`POST http://evil.example/requests HTTP/1.1`, ...lines, ...lengthOf(body), "", body].join("\r\n"));

    // Assess
    for (const answer of [text, absolute]) {
      assert.match(answer, /^HTTP\/1\.1 201 /);
      assert.match(answer, new RegExp(`location: ${BASE}/requests/`, "i"));
      assert.doesNotMatch(answer, /evil/);
    }
  });

  it("has no header that a caller has put into it", async () => {
    // Prepare
    const breaks = ["%0d%0aset-cookie:%20a=b", "%0aset-cookie:a", "\\r\\nset-cookie:a", "%E5%98%8A%E5%98%8Dset-cookie:a"];
    const calls = [
      ...breaks.flatMap((text) => [`GET /requests/${text} HTTP/1.1\r\nhost: a`, `GET /health?${text} HTTP/1.1\r\nhost: a`]),
      "GET /health HTTP/1.1\r\nhost: a\r\nx-request-id: a\rset-cookie: a=b",
      "GET /health HTTP/1.1\r\nhost: a\r\nx-request-id: a\r\n set-cookie: a=b",
      "GET /health HTTP/1.1\r\nhost: a\r\nx-request-id: a\u0000b",
      "GET /health HTTP/1.1\r\nhost: a\r\nset-cookie: a=b",
    ];
    for (const call of calls) {
      // Act
      const [head = ""] = (await rawCall(api, `${call}\r\nconnection: close\r\n\r\n`)).split("\r\n\r\n");
      // Assess
      assert.match(head, /^HTTP\/1\.1 (200|400|404) /, call);
      assert.doesNotMatch(head, /\nset-cookie/i, call);
    }
  });
});

function lengthOf(body: string): string[] {
  return ["content-type: application/json", `content-length: ${body.length}`, "connection: close"];
}

async function rawly(api: TestApi, bytes: string): Promise<Seen> {
  const [head = ""] = (await rawCall(api, bytes)).split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const pairs = lines.map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  return { status: Number(first.split(" ")[1]), headers: new Headers(pairs) };
}
