import assert from "node:assert/strict";
import type { Readable } from "node:stream";
import { Live, type LiveOptions } from "../../../api/live.ts";
import { Problem } from "../../../api/problem.ts";
import { eventually } from "../../support/eventually.ts";

const EVERY_MS = 5;
const FROM = { address: "127.0.0.1" };

describe("The streams of a record's changes", () => {
  let isDraining: boolean;
  let open: Readable[];

  beforeEach(() => {
    isDraining = false;
    open = [];
  });
  afterEach(() => {
    for (const stream of open) stream.destroy();
  });

  const live = (options: Partial<LiveOptions> = {}) => new Live({ isDraining: () => isDraining, everyMs: EVERY_MS, ...options });
  const reading = (stream: Readable) => {
    open.push(stream);
    const read = { text: "", isEnded: false };
    stream.setEncoding("utf8").on("data", (text: string) => {
      read.text += text;
    });
    stream.once("close", () => {
      read.isEnded = true;
    });
    return read;
  };
  const told = ({ text }: { text: string }) => [...text.matchAll(/^data: (.*)$/gm)].map(([, json = ""]) => JSON.parse(json));
  const ids = ({ text }: { text: string }) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);

  it("tell what the record is, and then each time it is something else", async () => {
    // Prepare
    let version = 1;
    const read = reading(live().open({ ...FROM, key: "a", view: { version }, had: undefined, read: async () => ({ version }) }));
    // Act
    await eventually(() => assert.deepEqual(told(read), [{ version: 1 }]));
    version = 2;
    await eventually(() => assert.deepEqual(told(read), [{ version: 1 }, { version: 2 }]));
    // Assess
    assert.equal(new Set(ids(read)).size, 2);
  });

  it("do not tell again what their reader has had", async () => {
    // Prepare
    const streams = live();
    let version = 1;
    const read = async () => ({ version });
    const first = reading(streams.open({ ...FROM, key: "a", view: { version }, had: undefined, read }));
    await eventually(() => assert.equal(ids(first).length, 1));
    // Act
    const again = reading(streams.open({ ...FROM, key: "a", view: { version }, had: ids(first)[0], read }));
    version = 2;
    await eventually(() => assert.equal(ids(first).length, 2));
    // Assess
    await eventually(() => assert.deepEqual(told(again), [{ version: 2 }]));
  });

  it("read a record once for all who follow it, and not at all when nobody does", async () => {
    // Prepare
    const streams = live();
    let reads = 0;
    const read = async () => {
      reads += 1;
      return { reads };
    };
    const readers = Array.from({ length: 10 }, () =>
      reading(streams.open({ ...FROM, key: "a", view: { reads: 0 }, had: undefined, read })),
    );
    // Act
    await eventually(() => assert.ok(reads >= 3));
    const latest = told(readers[0] ?? assert.fail()).length;
    // Assess
    assert.ok(latest <= reads + 1, `${latest} told by ${reads} reads`);
    for (const stream of open) stream.destroy();
    await eventually(() => assert.equal(streams.streams, 0));
    await eventually(async () => {
      const before = reads;
      await new Promise((resolve) => setTimeout(resolve, 5 * EVERY_MS));
      assert.equal(reads, before);
    });
  });

  it("go on when a reading has failed", async () => {
    // Prepare
    let reads = 0;
    const read = reading(
      live().open({
        ...FROM,
        key: "a",
        view: { reads },
        had: undefined,
        read: async () => {
          reads += 1;
          if (reads < 3) throw new Error("not now");
          return { reads: 3 };
        },
      }),
    );
    // Act & Assess
    await eventually(() => assert.deepEqual(told(read), [{ reads: 0 }, { reads: 3 }]));
  });

  it("end when the record is gone, when their time is over, and when the process ends", async () => {
    // Prepare
    const gone = reading(live().open({ ...FROM, key: "a", view: {}, had: undefined, read: async () => undefined }));
    const old = reading(live({ streamMsMax: 10 }).open({ ...FROM, key: "a", view: {}, had: undefined, read: async () => ({}) }));
    const last = reading(live().open({ ...FROM, key: "a", view: {}, had: undefined, read: async () => ({}) }));
    // Act
    await eventually(() => assert.deepEqual([gone.isEnded, old.isEnded, last.isEnded], [true, true, false]));
    isDraining = true;
    // Assess
    await eventually(() => assert.ok(last.isEnded));
  });

  it("are only so many of one address, and again when one is left", async () => {
    // Prepare
    const streams = live({ streamsOfOneMax: 2 });
    const one = (address: string) => reading(streams.open({ key: "a", address, view: {}, had: undefined, read: async () => ({}) }));
    const [first] = [one("192.0.2.1"), one("192.0.2.1"), one("192.0.2.2")];
    // Act & Assess
    assert.throws(() => one("192.0.2.1"), Problem);
    one("192.0.2.2");
    open[0]?.destroy();
    await eventually(() => assert.ok(first.isEnded));
    one("192.0.2.1");
    assert.equal(streams.streams, 4);
  });

  it("never tell what is older than what was told", async () => {
    // Prepare
    const streams = live();
    const readings = Array.from({ length: 2 }, () => Promise.withResolvers<unknown>());
    let reads = 0;
    const read = async () => readings[reads++]?.promise;
    const first = reading(streams.open({ ...FROM, key: "a", view: { version: 1 }, had: undefined, read }));
    await eventually(() => assert.equal(reads, 1));
    // Act: it is read, changes, somebody comes who sees the change, and only then the reading is answered.
    const second = reading(streams.open({ ...FROM, key: "a", view: { version: 2 }, had: undefined, read }));
    readings[0]?.resolve({ version: 1 });
    await eventually(() => assert.equal(reads, 2));
    readings[1]?.resolve({ version: 2 });
    // Assess
    await eventually(() => assert.deepEqual(told(first), [{ version: 1 }, { version: 2 }]));
    assert.deepEqual(told(second), [{ version: 2 }]);
  });

  it("are only so many, and none where the process is ending", () => {
    // Prepare
    const streams = live({ streamsMax: 1 });
    const one = () => reading(streams.open({ ...FROM, key: "a", view: {}, had: undefined, read: async () => ({}) }));
    one();
    // Act & Assess
    assert.throws(one, (error) => error instanceof Problem && error.status === 503 && error.options.headers?.["retry-after"] === "10");
    isDraining = true;
    assert.throws(() => live().open({ ...FROM, key: "b", view: {}, had: undefined, read: async () => ({}) }), Problem);
  });

  it("cut off whoever does not read, so that nothing piles up", async () => {
    // Prepare
    const streams = live();
    let version = 0;
    const large = "x".repeat(20_000);
    open.push(
      streams.open({
        ...FROM,
        key: "a",
        view: { large },
        had: undefined,
        read: async () => {
          version += 1;
          return { large, version };
        },
      }),
    );
    // Act & Assess
    await eventually(() => assert.equal(streams.streams, 0));
  });
});
