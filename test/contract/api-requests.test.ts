import assert from "node:assert/strict";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import { trackingToken } from "../../api/requests.ts";
import { keyFor } from "../../domain/sealing.ts";
import { hashToken } from "../../domain/tokens.ts";
import { ADMIN, APP_SECRET, change, complaints, newRequest, startApi, type TestApi } from "./support/api.ts";
import { aws } from "./support/endpoint.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

describe("The API's service requests", function () {
  this.timeout(30_000);
  let ground: WorkerGround;
  let api: TestApi;

  before(async () => {
    ground = await newGround();
    api = await startApi(ground, { APP_PUBLIC_BASE_URL: "https://milepost.example/base/" });
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  const execution = async (executionArn: string) => aws().sfn.send(new DescribeExecutionCommand({ executionArn }));
  const item = async (id: string) => {
    const get = new GetItemCommand({ TableName: ground.outputs.requests_table, Key: { PK: { S: `REQ#${id}` } }, ConsistentRead: true });
    return (await aws().dynamodb.send(get)).Item ?? {};
  };

  describe("made", () => {
    it("are answered with their tracking address, and where they are", async () => {
      // Act
      const { status, headers, body } = await api.call("POST", "/requests", { body: { title: "  Replace the pump " } });

      // Assess
      const id = String(body.requestId);
      assert.equal(status, 201);
      assert.match(id, /^[A-Za-z0-9_][A-Za-z0-9_-]{15,47}$/);
      assert.equal(body.title, "Replace the pump");
      assert.match(String(body.trackingUrl), new RegExp(`^https://milepost\\.example/base/requests/${id}\\?t=[A-Za-z0-9_-]{43}$`));
      assert.ok(Math.abs(Date.parse(String(body.createdAt)) - Date.now()) < 60_000);
      assert.equal(headers.get("location"), `https://milepost.example/base/requests/${id}`);
    });

    it("have an execution of their own", async () => {
      // Act
      const { id } = await newRequest(api);

      // Assess
      const machine = ground.outputs.requests_state_machine_arn;
      const { input, status } = await execution(`${machine.replace(":stateMachine:", ":execution:")}:${id}-1`);
      assert.equal(status, "RUNNING");
      assert.equal(JSON.parse(input ?? "").eventId, `${id}-1`);
    });

    it("have the token in their address that the secret gives them, and keep nothing of it but its hash", async () => {
      // Act
      const { id, token } = await newRequest(api);

      // Assess
      const stored = await item(id);
      const changeId = stored.pending?.M?.["1"]?.M?.changeId?.S ?? assert.fail();
      assert.equal(token, trackingToken(keyFor(APP_SECRET, "tracking tokens"), id, changeId));
      assert.equal(stored.tokenHash?.S, hashToken(token));
      assert.ok(!JSON.stringify(stored).includes(token));
      assert.ok(!JSON.stringify(api.log.lines).includes(token));
    });

    it("have different ids and tokens each", async () => {
      // Act
      const made = await Promise.all([newRequest(api), newRequest(api), newRequest(api)]);

      // Assess
      assert.equal(new Set(made.flatMap(({ id, token }) => [id, token])).size, 6);
    });

    it("pass on a trace that is well formed, and do without one that is not", async () => {
      // Prepare
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

      // Act
      const traced = await api.call("POST", "/requests", { body: { title: "traced" }, headers: { traceparent } });
      const untraced = await api.call("POST", "/requests", { body: { title: "untraced" }, headers: { traceparent: "00-0-0-01" } });

      // Assess
      const inputOf = async (id: unknown) => JSON.parse((await item(String(id))).pending?.M?.["1"]?.M?.input?.S ?? "");
      assert.equal((await inputOf(traced.body.requestId)).traceparent, traceparent);
      assert.equal("traceparent" in (await inputOf(untraced.body.requestId)), false);
    });

    it("take a title of 1 to 200 characters in one line, and nothing else", async () => {
      const refused: readonly [unknown, string[]][] = [
        [{}, ["/title required"]],
        [{ title: 7 }, ["/title type"]],
        [{ title: null }, ["/title type"]],
        [{ title: "   " }, ["/title min"]],
        [{ title: "x".repeat(201) }, ["/title max"]],
        [{ title: "two\nlines" }, ["/title characters"]],
        [{ title: "nul\u0000" }, ["/title characters"]],
        ['{"title":"half \\ud800"}', ["/title unicode"]],
        [{ title: "x", status: "COMPLETED", "a/b~c": 1 }, ["/status unknown", "/a~1b~0c unknown"]],
        [[{ title: "x" }], ["/ type"]],
      ];
      for (const [body, expected] of refused) {
        assert.deepEqual(complaints(await api.call("POST", "/requests", { body })), expected, JSON.stringify(body));
      }
      for (const title of ["x", "x".repeat(200), "Ünïcödé 👩‍🔧 “quoted” <b>&amp;", "__proto__"]) {
        const { status, body } = await api.call("POST", "/requests", { body: { title } });
        assert.deepEqual([status, body.title], [201, title]);
      }
    });
  });

  describe("followed", () => {
    it("are shown to whoever has the tracking address", async () => {
      // Prepare
      const { id, address } = await newRequest(api, "Follow me");

      // Act
      const { status, body, headers } = await api.call("GET", address);

      // Assess
      assert.equal(status, 200);
      assert.equal(headers.get("etag"), '"1"');
      assert.deepEqual([body.requestId, body.title, body.status, body.version], [id, "Follow me", "PENDING", 1]);
      assert.deepEqual([body.historyVersion, body.history], [0, []]);
    });

    it("show nothing of their token", async () => {
      const { address, token } = await newRequest(api);

      const { text } = await api.call("GET", address);

      assert.ok(!text.includes(token) && !text.includes(hashToken(token)), text);
    });

    it("are shown to the administrator without a token", async () => {
      const { id } = await newRequest(api);

      assert.equal((await api.call("GET", `/requests/${id}`, { headers: ADMIN })).body.requestId, id);
    });

    it("are as if there were none for whoever has no token, a wrong one or another's", async () => {
      // Prepare
      const [one, other] = [await newRequest(api), await newRequest(api)];
      const addresses = [
        `/requests/${one.id}`,
        `/requests/${one.id}?t=`,
        `/requests/${one.id}?t=${other.token}`,
        `/requests/${one.id}?t=${hashToken(one.token)}`,
        `/requests/${one.id}/history`,
        `/requests/${one.id}/history?t=${other.token}`,
        "/requests/there-is-none",
        `/requests/there-is-none?t=${one.token}`,
      ];

      for (const address of addresses) {
        // Act
        const { status, body } = await api.call("GET", address);

        // Assess
        assert.equal(status, 404);
        const { requestId, instance, ...rest } = body;
        assert.deepEqual(rest, {
          type: "about:blank",
          title: "Not Found",
          status: 404,
          detail: "There is no such request, or the address lacks its token.",
        });
        assert.equal(instance, address.replace(/\?.*/, ""));
      }
    });

    it("are shown whole every time, whatever ETag the caller has", async () => {
      // History moves without the version, so an ETag is no reason to answer 304.
      const { address } = await newRequest(api);

      const { status, text } = await api.call("GET", address, { headers: { "if-none-match": '"1"' } });

      assert.equal(status, 200);
      assert.notEqual(text, "");
    });

    it("refuse ids and parameters that cannot be", async () => {
      const { id, address, token } = await newRequest(api);

      for (const bad of ["a.b", "%20", "x".repeat(49), "a%2Fb", "%zz"])
        assert.deepEqual(complaints(await api.call("GET", `/requests/${bad}`)), ["id format"], bad);
      assert.deepEqual(complaints(await api.call("GET", `${address}&t=${token}`)), ["t type"]);
      assert.deepEqual(complaints(await api.call("GET", `${address}&x=1`)), ["x unknown"]);
      assert.deepEqual(complaints(await api.call("GET", `/requests/${id}?t=${"x".repeat(129)}`)), ["t max"]);
    });
  });

  describe("changed", () => {
    it("are answered with the event and its execution, which is there", async () => {
      // Prepare
      const { id, address } = await newRequest(api);

      // Act
      const { status, body, headers } = await change(api, id, "IN_PROGRESS", { body: { status: "IN_PROGRESS", note: "Parts\nare here." } });

      // Assess
      assert.equal(status, 200);
      assert.equal(headers.get("etag"), '"2"');
      assert.deepEqual([body.requestId, body.newStatus, body.eventId], [id, "IN_PROGRESS", `${id}-2`]);
      const { input = "", name } = await execution(String(body.executionArn));
      assert.equal(name, body.eventId);
      const event = JSON.parse(input);
      assert.deepEqual([event.from, event.to, event.note, event.changedAt], ["PENDING", "IN_PROGRESS", "Parts\nare here.", body.changedAt]);
      assert.equal((await api.call("GET", address)).body.status, "IN_PROGRESS");
    });

    it("go only where their status allows, and say where that is", async () => {
      // Prepare
      const { id } = await newRequest(api);
      await change(api, id, "IN_PROGRESS");

      // Act
      const illegal = await change(api, id, "PENDING");
      await change(api, id, "COMPLETED");
      const last = await change(api, id, "IN_PROGRESS");

      // Assess
      assert.equal(illegal.status, 409);
      assert.equal(illegal.body.currentStatus, "IN_PROGRESS");
      assert.deepEqual(illegal.body.legal, ["ON_HOLD", "COMPLETED", "REJECTED", "CANCELLED"]);
      assert.match(String(illegal.body.detail), /IN_PROGRESS, from where it may go to ON_HOLD or COMPLETED/);
      assert.deepEqual([last.status, last.body.currentStatus, last.body.legal], [409, "COMPLETED", []]);
    });

    it("take one of the statuses and a note of at most 500 bytes", async () => {
      const { id } = await newRequest(api);
      const refused: readonly [unknown, string[]][] = [
        [{}, ["/status required"]],
        [{ status: "in_progress" }, ["/status choice"]],
        [{ status: "IN_PROGRESS", note: "é".repeat(251) }, ["/note bytes"]],
        [{ status: "IN_PROGRESS", note: 5 }, ["/note type"]],
        [{ status: "IN_PROGRESS", note: "bell \u0007" }, ["/note characters"]],
        [{ status: "IN_PROGRESS", note: "no queue takes \uffff" }, ["/note characters"]],
        ['{"status":"IN_PROGRESS","note":"half \\udfff"}', ["/note unicode"]],
        [{ status: "IN_PROGRESS", by: "me" }, ["/by unknown"]],
      ];
      for (const [body, expected] of refused)
        assert.deepEqual(complaints(await change(api, id, "", { body })), expected, JSON.stringify(body));
      const unknown = await change(api, id, "DONE");
      assert.match(String(unknown.body.detail), /PENDING, IN_PROGRESS, ON_HOLD, COMPLETED, REJECTED, CANCELLED/);
      assert.equal((await change(api, id, "", { body: { status: "IN_PROGRESS", note: "é".repeat(250) } })).status, 200);
    });

    it("are the administrator's to do", async () => {
      // Prepare
      const { id, token } = await newRequest(api);
      const as = (authorization?: string) =>
        api.call("PATCH", `/requests/${id}/status?`, {
          body: { status: "IN_PROGRESS" },
          headers: authorization === undefined ? {} : { authorization },
        });

      // Act
      const none = await as();
      const wrong = await Promise.all(["Bearer wrong", `Bearer ${token}`, "Bearer", "Basic YTpi", `Bearer${ADMIN.authorization}`].map(as));
      const lower = await as(ADMIN.authorization.replace("Bearer ", "bEARER  "));

      // Assess
      assert.equal(none.status, 401);
      assert.equal(none.headers.get("www-authenticate"), 'Bearer realm="milepost"');
      for (const answer of wrong) {
        assert.equal(answer.status, 401);
        assert.match(answer.headers.get("www-authenticate") ?? "", /error="invalid_token"/);
      }
      assert.equal(lower.status, 200);
    });

    it("are 404 where there is none", async () => {
      assert.equal((await change(api, "there-is-none", "IN_PROGRESS")).status, 404);
    });

    it("are changed only at the version that If-Match names", async () => {
      // Prepare
      const { id } = await newRequest(api);
      const at = (tag: string, status = "IN_PROGRESS") => change(api, id, status, { headers: { "if-match": tag } });

      // Act
      const stale = await at('"2"');
      const right = await at('"1"');
      const again = await at('"1"', "ON_HOLD");
      const any = await at("*", "ON_HOLD");

      // Assess
      assert.deepEqual([stale.status, stale.headers.get("etag")], [412, '"1"']);
      assert.deepEqual([right.status, right.headers.get("etag")], [200, '"2"']);
      assert.equal(again.status, 412);
      assert.equal(any.status, 200);
    });

    it("refuse an If-Match that is no ETag of theirs", async () => {
      const { id } = await newRequest(api);
      for (const tag of ["2", '"x"', 'W/"1"', '"1", "2"', '"01"', '"0"']) {
        const answer = await change(api, id, "IN_PROGRESS", { headers: { "if-match": tag } });
        assert.deepEqual(complaints(answer), ["If-Match format"], tag);
      }
    });

    it("are changed once where two are equally quick", async () => {
      // Prepare
      const { id, address } = await newRequest(api);

      // Act
      const answers = await Promise.all(Array.from({ length: 8 }, () => change(api, id, "IN_PROGRESS")));

      // Assess
      const statuses = answers.map(({ status }) => status).sort();
      assert.deepEqual(statuses, [200, ...Array.from({ length: 7 }, () => 409)]);
      assert.equal((await api.call("GET", address)).body.version, 2);
    });

    it("take no hundredth and first change while a hundred are on their way", async function () {
      this.timeout(120_000);
      // Prepare: the creation is the first of a hundred.
      const { id } = await newRequest(api);
      for (let version = 2; version <= 100; version++) {
        const { status, text } = await change(api, id, version % 2 === 0 ? "IN_PROGRESS" : "ON_HOLD");
        assert.equal(status, 200, text);
      }

      // Act
      const { status, headers, body } = await change(api, id, "ON_HOLD");

      // Assess
      assert.equal(status, 503);
      assert.equal(headers.get("retry-after"), "5");
      assert.match(String(body.detail), /Too many changes/);
    });
  });

  it("cost two calls to make, and two to change while they are remembered", async () => {
    // Prepare
    api.sent.length = 0;

    // Act
    const { id } = await newRequest(api);
    const making = api.sent.splice(0);
    await change(api, id, "IN_PROGRESS");
    const changing = api.sent.splice(0);

    // Assess
    assert.deepEqual(making, ["PutItem", "StartExecution"]);
    assert.deepEqual(changing, ["UpdateItem", "StartExecution"]);
  });
});
