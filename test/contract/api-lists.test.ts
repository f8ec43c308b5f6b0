import assert from "node:assert/strict";
import { parseInput } from "../../domain/event.ts";
import { writeHistory } from "../../domain/history.ts";
import { readRecord } from "../../domain/ledger.ts";
import { ADMIN, type Answered, change, complaints, newRequest, startApi, type TestApi } from "./support/api.ts";
import { eventually } from "./support/endpoint.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

const MADE = 7;

describe("The API's lists", function () {
  this.timeout(60_000);
  let ground: WorkerGround;
  let api: TestApi;

  before(async () => {
    ground = await newGround();
    api = await startApi(ground);
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  describe("of requests", () => {
    const ids: string[] = [];
    const list = (query = "") => api.call("GET", `/requests${query}`, { headers: ADMIN });

    before(async () => {
      for (let index = 0; index < MADE; index++) ids.unshift((await newRequest(api, `Number ${index}`)).id);
      for (const id of [ids[1], ids[4]]) await change(api, String(id), "IN_PROGRESS");
      // The index is read eventually.
      await eventually(async () => {
        assert.equal(idsIn(await list()).length, MADE);
        assert.equal(idsIn(await list("?status=IN_PROGRESS")).length, 2);
      });
    });

    it("are the administrator's to see", async () => {
      assert.equal((await api.call("GET", "/requests")).status, 401);
      assert.equal((await api.call("GET", "/requests", { headers: { authorization: "Bearer x" } })).status, 401);
    });

    it("have the newest first, without their history and their tokens", async () => {
      // Act
      const { body, text } = await list();

      // Assess
      assert.ok(Array.isArray(body.requests));
      assert.deepEqual(
        body.requests.map(({ requestId, title }: Record<string, unknown>) => [requestId, title]),
        ids.map((id, index) => [id, `Number ${MADE - 1 - index}`]),
      );
      assert.deepEqual(Object.keys(body), ["requests"]);
      for (const hidden of ["tokenHash", "history", "attributes"]) assert.ok(!text.includes(`"${hidden}"`), text);
    });

    it("go on page by page, and end", async () => {
      // Act
      const pages = await readPages("/requests?limit=3", { headers: ADMIN }, idsIn);

      // Assess
      assert.deepEqual(pages, [ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
    });

    it("have those of one status", async () => {
      assert.deepEqual(idsIn(await list("?status=IN_PROGRESS")), [ids[1], ids[4]]);
      assert.deepEqual(
        idsIn(await list("?status=PENDING")),
        ids.filter((_, index) => index !== 1 && index !== 4),
      );
      assert.deepEqual(idsIn(await list("?status=COMPLETED")), []);
    });

    it("go on where they were, whatever is made meanwhile", async () => {
      // Prepare
      const { body } = await list("?limit=3");

      // Act
      const { id } = await newRequest(api, "Made between two pages");
      await eventually(async () => assert.equal(idsIn(await list("?limit=1"))[0], id));
      const next = await list(`?limit=100&token=${String(body.next_page_token)}`);

      // Assess
      assert.deepEqual(idsIn(next), ids.slice(3));
      ids.unshift(id);
    });

    it("refuse what they do not know", async () => {
      const refused: readonly [string, string[]][] = [
        ["?status=DONE", ["status choice"]],
        ["?status=PENDING&status=ON_HOLD", ["status choice"]],
        ["?limit=0", ["limit range"]],
        ["?limit=101", ["limit range"]],
        ["?limit=1.5&page=2", ["limit format", "page unknown"]],
        ["?limit=5&limit=5", ["limit type"]],
        [`?token=${"x".repeat(1_025)}`, ["token max"]],
      ];
      for (const [query, expected] of refused) assert.deepEqual(complaints(await list(query)), expected, query);
    });

    it("take no page token that is forged or another list's", async () => {
      // Prepare
      const { body } = await list("?limit=1");
      const token = String(body.next_page_token);
      const forged = `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;

      for (const query of ["?token=x", "?token=", `?token=${forged}`, `?status=PENDING&token=${token}`]) {
        // Act
        const answer = await list(query);

        // Assess
        assert.deepEqual(complaints(answer), ["token cursor"], query);
      }
    });
  });

  describe("of a request's history", () => {
    let id: string;
    let address: string;

    before(async function () {
      this.timeout(180_000);
      const made = await newRequest(api);
      ({ id } = made);
      address = `/requests/${id}/history?t=${made.token}`;
      for (let version = 2; version <= 130; version++) {
        const { body } = await change(api, id, version % 2 === 0 ? "IN_PROGRESS" : "ON_HOLD");
        assert.equal(body.eventId, `${id}-${version}`);
        if (version % 65 === 0) await writeAll(version);
      }
    });

    const writeAll = async (upTo: number) => {
      const { pending } = (await readRecord(ground.ledger, id)) ?? assert.fail();
      for (const [version, { input }] of pending) if (version <= upTo) await writeHistory(ground.ledger, parseInput(input));
    };

    it("have every entry once, oldest first, pages of the archive among them", async () => {
      // Act
      const pages = await readPages(`${address}&limit=40`, {}, versionsIn);

      // Assess
      assert.deepEqual(
        pages.map((page) => page.length),
        [40, 40, 40, 10],
      );
      assert.deepEqual(
        pages.flat(),
        Array.from({ length: 130 }, (_, index) => index + 1),
      );
    });

    it("are shown by their last twenty with the request", async () => {
      const { body } = await api.call("GET", address.replace("/history", ""));

      assert.deepEqual(
        versionsIn({ body }),
        Array.from({ length: 20 }, (_, index) => index + 111),
      );
      assert.deepEqual([body.historyVersion, body.lastEventId], [130, `${id}-130`]);
    });

    it("take no page token of another request's", async () => {
      // Prepare
      const other = await newRequest(api);
      const { body } = await api.call("GET", `${address}&limit=1`);

      // Act
      const foreign = await api.call("GET", `/requests/${other.id}/history?t=${other.token}&token=${String(body.next_page_token)}`);

      // Assess
      assert.deepEqual(complaints(foreign), ["token cursor"]);
    });
  });

  async function readPages<Found>(address: string, ask: object, found: (answer: Pick<Answered, "body">) => Found[]): Promise<Found[][]> {
    const pages: Found[][] = [];
    let next = "";
    do {
      const answer = await api.call("GET", `${address}${next}`, ask);
      assert.equal(answer.status, 200, answer.text);
      pages.push(found(answer));
      next = answer.body.next_page_token === undefined ? "" : `&token=${String(answer.body.next_page_token)}`;
    } while (next !== "" && pages.length < 20);
    return pages;
  }
});

function idsIn({ body }: Pick<Answered, "body">): string[] {
  assert.ok(Array.isArray(body.requests), JSON.stringify(body));
  return body.requests.map(({ requestId }: Record<string, unknown>) => String(requestId));
}

function versionsIn({ body }: Pick<Answered, "body">): number[] {
  assert.ok(Array.isArray(body.history), JSON.stringify(body));
  return body.history.map(({ version }: Record<string, unknown>) => Number(version));
}
