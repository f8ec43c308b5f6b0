import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { ADMIN, complaints, newRequest, startApi, type TestApi } from "./support/api.ts";
import { rawCall } from "./support/raw.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

const BODY_BYTES_MAX = 2_048;

describe("The API's HTTP", function () {
  this.timeout(30_000);
  let ground: WorkerGround;
  let api: TestApi;

  before(async () => {
    ground = await newGround();
    api = await startApi(ground, { BODY_BYTES_MAX: String(BODY_BYTES_MAX) });
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  const post = (body: string | Uint8Array, headers: Record<string, string> = {}) => api.call("POST", "/requests", { body, headers });

  describe("addresses and methods", () => {
    it("are 404 where there is nothing", async () => {
      for (const address of ["/", "/request", "/requests/x/y", "/requests/x/status/y", "/REQUESTS", "/requests/", "//", "/favicon.ico"]) {
        const { status, body } = await api.call("GET", address);
        assert.deepEqual([status, body.detail], [404, "There is nothing at this address."], address);
      }
    });

    it("are 405 with the methods that there are", async () => {
      const expected: readonly [string, string, string][] = [
        ["DELETE", "/requests", "GET, HEAD, OPTIONS, POST"],
        ["PUT", "/requests/x", "GET, HEAD, OPTIONS"],
        ["GET", "/requests/x/status", "OPTIONS, PATCH"],
        ["POST", "/health", "GET, HEAD, OPTIONS"],
        ["PROPFIND", "/requests", "GET, HEAD, OPTIONS, POST"],
      ];
      for (const [method, address, allow] of expected) {
        const { status, headers } = await api.call(method, address, method === "GET" ? {} : { body: {} });
        assert.deepEqual([status, headers.get("allow")], [405, allow], `${method} ${address}`);
      }
    });

    it("are told by OPTIONS", async () => {
      const known = await api.call("OPTIONS", "/requests");
      assert.deepEqual([known.status, known.headers.get("allow"), known.text], [204, "GET, HEAD, OPTIONS, POST", ""]);
      assert.equal((await api.call("OPTIONS", "/nothing")).status, 404);
    });

    it("are answered to HEAD as to GET, without the body", async () => {
      // Prepare
      const { address } = await newRequest(api);

      // Act
      const [head, get] = [await api.call("HEAD", address), await api.call("GET", address)];

      // Assess
      assert.deepEqual([head.status, head.text], [200, ""]);
      for (const header of ["content-length", "content-type", "etag"]) assert.equal(head.headers.get(header), get.headers.get(header));
      assert.equal((await api.call("HEAD", "/requests/none")).status, 404);
    });
  });

  describe("bodies", () => {
    it("are JSON by their Content-Type", async () => {
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/json; charset=latin1", ""]) {
        const { status } = await post('{"title":"x"}', { "content-type": type });
        assert.equal(status, 415, type);
      }
      for (const type of ["application/json", "application/json; charset=UTF-8", "Application/JSON;charset=utf8"]) {
        const { status } = await post('{"title":"x"}', { "content-type": type });
        assert.equal(status, 201, type);
      }
    });

    it("are JSON by what they are", async () => {
      for (const body of ["{", "null", "1", '"title"', "{'title':'x'}", '{"title":"x"}}', "\u0000", '{"__proto__":{"title":"x"}}'])
        assert.deepEqual(complaints(await post(body)), ["/ json"], body);
      assert.deepEqual(complaints(await post("")), ["/title required"]);
      assert.deepEqual(complaints(await post("", { "content-type": "text/plain" })), ["/title required"]);
    });

    it("leave nothing behind in other objects", async () => {
      await post('{"title":"x","constructor":{"prototype":{"polluted":true}},"__proto__":{"polluted":true}}');

      assert.equal("polluted" in {}, false);
    });

    it("are refused however deep they are", async () => {
      const deep = BODY_BYTES_MAX / 2 - 10;
      assert.deepEqual(complaints(await post("[".repeat(deep) + "]".repeat(deep))), ["/ type"]);
      assert.deepEqual(complaints(await post(`${'{"a":'.repeat(300)}1${"}".repeat(300)}`)), ["/title required", "/a unknown"]);
    });

    it("are UTF-8", async () => {
      const latin1 = Buffer.from('{"title":"caf\u00e9"}', "latin1");
      const cut = Buffer.from('{"title":"caf\u00e9"}').subarray(0, -3);
      for (const bytes of [latin1, Buffer.concat([cut, Buffer.from('"}')])]) assert.deepEqual(complaints(await post(bytes)), ["/ utf-8"]);
    });

    it("are bounded, also unpacked", async () => {
      // Prepare
      const title = (bytes: number) => JSON.stringify({ title: "x", more: " ".repeat(bytes) });
      const bomb = gzipSync(Buffer.alloc(10_000_000, 32));

      // Act
      const [large, huge, packed] = [
        await post(title(BODY_BYTES_MAX)),
        await post(title(1_000_000)),
        await post(bomb, { "content-encoding": "gzip" }),
      ];

      // Assess
      for (const { status, body } of [large, huge, packed])
        assert.deepEqual([status, body.detail], [413, "A body has at most 2048 bytes."]);
    });

    it("may be packed, in ways that are known", async () => {
      assert.equal((await post(gzipSync('{"title":"packed"}'), { "content-encoding": "gzip" })).status, 201);
      assert.equal((await post('{"title":"x"}', { "content-encoding": "zstd" })).status, 415);
      assert.deepEqual(complaints(await post('{"title":"x"}', { "content-encoding": "gzip" })), ["/ json"]);
    });

    it("are not looked at before the caller is", async () => {
      assert.equal((await api.call("PATCH", "/requests/x/status", { body: "{" })).status, 401);
    });

    it("are taken whatever else the caller expects", async () => {
      const body = '{"title":"x"}';
      const head = `host: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: the-unexpected`;

      assert.match(await rawCall(api, `POST /requests HTTP/1.1\r\n${head}\r\n\r\n${body}`), /^HTTP\/1\.1 201 /);
    });

    it("are not looked at where none is taken", async () => {
      const { address } = await newRequest(api);
      const raw = await rawCall(api, `GET ${address} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1\r\n\r\n{`);
      assert.match(raw, /^HTTP\/1\.1 200 /);
    });
  });

  describe("answers", () => {
    it("are in JSON or not at all", async () => {
      for (const accept of ["text/html", "image/*", "application/json;q=0"]) {
        const { status, headers } = await api.call("GET", "/ready", { headers: { accept } });
        assert.deepEqual([status, headers.get("content-type")], [406, "application/problem+json; charset=utf-8"], accept);
      }
      for (const accept of ["*/*", "application/*", "text/html, */*;q=0.1", "application/problem+json"])
        assert.equal((await api.call("GET", "/ready", { headers: { accept } })).status, 200, accept);
    });

    it("bear the caller's request id where it can be logged, and one of ours otherwise", async () => {
      const own = await api.call("GET", "/health", { headers: { "x-request-id": "trace/1:2-3_4.5~6=" } });
      assert.equal(own.headers.get("x-request-id"), "trace/1:2-3_4.5~6=");
      for (const id of ['{"a":1}', "x".repeat(129), "a b", "<b>"]) {
        const { headers } = await api.call("GET", "/nothing", { headers: { "x-request-id": id } });
        assert.match(headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/, id);
      }
    });

    it("say in the log what kind of caller it was, and where nobody could tell", async () => {
      // Prepare
      const before = api.log.lines.length;

      // Act
      for (const headers of [{}, ADMIN, { authorization: "Bearer wrong" }]) await api.call("GET", "/requests", { headers });

      // Assess
      assert.deepEqual(
        api.log.lines.slice(before).map(({ caller, msg }) => [caller, msg]),
        [
          ["anyone", "GET /requests 401"],
          ["admin", "GET /requests 200"],
          ["unknown", "GET /requests 401"],
        ],
      );
    });

    it("are a line of the log each, with the route in place of the address", async () => {
      // Prepare
      const { address, id, token } = await newRequest(api);
      const before = api.log.lines.length;

      // Act
      await api.call("GET", `${address}&cursor=x`, { headers: { "x-request-id": "line-of-the-log", authorization: ADMIN.authorization } });

      // Assess
      const [line, ...more] = api.log.lines.slice(before);
      assert.deepEqual([line?.http, line?.msg, line?.caller, more], ["line-of-the-log", "GET /requests/{id} 400", "admin", []]);
      const said = JSON.stringify(api.log.lines);
      for (const secret of [token, id, ADMIN.authorization]) assert.ok(!said.includes(`"${secret}`) && !said.includes(`=${secret}`), said);
    });
  });

  describe("what is no call", () => {
    const expected: readonly [string, string, number][] = [
      ["no HTTP", "HELO mail.example\r\n\r\n", 400],
      ["two lengths", "POST /requests HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n", 400],
      ["a length and chunks", "POST /requests HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n", 400],
      ["headers of 20 KB", `GET /health HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    ];
    for (const [name, bytes, status] of expected) {
      it(`is answered with a problem: ${name}`, async () => {
        const [head = "", body = ""] = (await rawCall(api, bytes)).split("\r\n\r\n");

        assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `));
        assert.match(head, /content-type: application\/problem\+json/);
        assert.equal(JSON.parse(body).status, status);
      });
    }

    it("does not disturb those that are", async () => {
      const raw = await rawCall(api, `GET ${api.url}/health?x=%E0%A4%A HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
      assert.match(raw, /^HTTP\/1\.1 200 .*\r\n\r\nok$/s);
    });
  });

  it("says that it lives, whoever asks", async () => {
    for (const authorization of ["", "Bearer somebody-else's", "Basic YTpi"]) {
      const { status, text, headers: answered } = await api.call("GET", "/health", { headers: { authorization } });
      assert.deepEqual([status, text, answered.get("content-type")], [200, "ok", "text/plain; charset=utf-8"]);
    }
  });
});
