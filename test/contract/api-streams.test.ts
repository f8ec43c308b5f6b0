import assert from "node:assert/strict";
import { ADMIN, change, newRequest, startApi, type TestApi } from "./support/api.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

const STREAM = "text/event-stream";
const READ_MS_MAX = 10_000;

describe("The API's streams of a record's changes", function () {
  this.timeout(30_000);
  let ground: WorkerGround;
  let api: TestApi;
  let open: AbortController[];

  before(async () => {
    ground = await newGround();
    api = await startApi(ground);
  });
  beforeEach(() => {
    open = [];
  });
  afterEach(() => {
    for (const one of open) one.abort();
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  const ask = (address: string, headers: Record<string, string> = {}, method = "GET") => {
    const control = new AbortController();
    open.push(control);
    return fetch(`${api.url}${address}`, { method, headers: { accept: STREAM, ...headers }, signal: control.signal });
  };
  /** The next events, as many as are wanted. */
  const read = async (answer: Response, wanted: number) => {
    const events: { id: string; data: Record<string, unknown> }[] = [];
    let text = "";
    const late = AbortSignal.timeout(READ_MS_MAX);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader() ?? assert.fail();
    while (events.length < wanted) {
      const part = await Promise.race([
        reader.read(),
        new Promise<never>((_, reject) => late.addEventListener("abort", () => reject(new Error(text)))),
      ]);
      text += part.value ?? "";
      events.length = 0;
      for (const [, id = "", data = ""] of text.matchAll(/id: (.*)\nevent: change\ndata: (.*)\n\n/g))
        events.push({ id, data: JSON.parse(data) });
    }
    return events;
  };

  it("tell whoever may see it what it is, and then each change", async () => {
    // Prepare
    const { id, token } = await newRequest(api);
    // Act
    const answer = await ask(`/requests/${id}?t=${token}`);
    const [first] = await read(answer.clone(), 1);
    await change(api, id, "IN_PROGRESS", { headers: ADMIN });
    const [, second] = await read(answer, 2);
    // Assess
    assert.deepEqual([first?.data.status, second?.data.status], ["PENDING", "IN_PROGRESS"]);
    const { headers } = answer;
    assert.deepEqual(
      [headers.get("content-type"), headers.get("vary"), headers.get("x-accel-buffering")],
      [`${STREAM}; charset=utf-8`, "Accept", "no"],
    );
  });

  it("go on from what their reader has had", async () => {
    // Prepare
    const { id, token } = await newRequest(api);
    const [had] = await read(await ask(`/requests/${id}?t=${token}`), 1);
    await change(api, id, "REJECTED", { headers: ADMIN });
    // Act
    const again = await ask(`/requests/${id}?t=${token}`, { "last-event-id": had?.id ?? "" });
    // Assess
    assert.deepEqual(
      (await read(again, 1)).map(({ data }) => data.status),
      ["REJECTED"],
    );
  });

  it("are refused as everything else is to whoever may not see it", async () => {
    const { id } = await newRequest(api);

    const answer = await ask(`/requests/${id}?t=wrong`);

    assert.deepEqual([answer.status, answer.headers.get("content-type")], [404, "application/problem+json; charset=utf-8"]);
  });

  it("are not opened by whoever only asks for their headers", async () => {
    const { id, token } = await newRequest(api);

    for (let times = 0; times < 20; times++) assert.equal((await ask(`/requests/${id}?t=${token}`, {}, "HEAD")).status, 200);
  });

  it("are sixteen at most of one address", async () => {
    // Prepare
    const { id, token } = await newRequest(api);
    const address = `/requests/${id}?t=${token}`;
    const all = await Promise.all(Array.from({ length: 16 }, () => ask(address)));
    // Act
    const more = await ask(address);
    // Assess
    assert.ok(all.every(({ status }) => status === 200));
    assert.deepEqual([more.status, more.headers.get("retry-after")], [503, "10"]);
  });
});
