import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { AwsError } from "../../../local/errors.ts";
import { type BlobFile, Blobs } from "../../../local/s3/blobs.ts";
import { S3_SCHEMA } from "../../../local/s3/schema.ts";
import { openStore, type Store } from "../../../local/store.ts";

describe("Blobs", () => {
  let directory: string;
  let store: Store;
  let blobs: Blobs;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "milepost-blobs-"));
    store = openStore(join(directory, "data.db"), S3_SCHEMA);
    blobs = new Blobs(store, join(directory, "objects"));
  });
  afterEach(() => {
    store.close();
    rmSync(directory, { recursive: true });
  });

  const files = () => readdirSync(join(directory, "objects")).filter((name) => name !== "incoming");
  const incoming = () => readdirSync(join(directory, "objects", "incoming"));

  async function keep(text: string): Promise<BlobFile> {
    const draft = await blobs.draft();
    await draft.write(Buffer.from(text));
    return draft.keep();
  }

  async function eventually(check: () => void): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      try {
        return check();
      } catch {
        await sleep(10);
      }
    }
    check();
  }

  it("shows a body under its final name only when it is whole", async () => {
    // Prepare
    const draft = await blobs.draft();
    await draft.write(Buffer.alloc(300_000, "a"));
    assert.deepEqual([files(), incoming()], [[], [draft.name]]);
    // Act
    const file = await draft.keep();
    // Assess
    assert.deepEqual([files(), incoming()], [[file.name], []]);
    assert.equal(file.size, 300_000);
    assert.equal(readFileSync(join(directory, "objects", file.name), "utf8"), "a".repeat(300_000));
  });

  it("leaves nothing of a discarded draft", async () => {
    const draft = await blobs.draft();
    await draft.write(Buffer.alloc(300_000));
    await draft.discard();
    assert.deepEqual([files(), incoming()], [[], []]);
  });

  it("reads any range of a body that lies in several files", async () => {
    const whole = "The quick brown fox jumps over the lazy dog";
    const parts = [whole.slice(0, 10), "", whole.slice(10, 11), whole.slice(11)];
    const kept = await Promise.all(parts.map(keep));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.nat(whole.length), async (a, b) => {
        // Prepare
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        // Act
        const pieces: Buffer[] = [];
        for await (const piece of blobs.read({ files: kept, start, length: end - start })) pieces.push(piece);
        // Assess
        assert.equal(Buffer.concat(pieces).toString(), whole.slice(start, end));
      }),
      { numRuns: 50 },
    );
  });

  it("removes a file that is being read when its last reader is done", async () => {
    // Prepare
    const file = await keep("hello");
    const first = blobs.pin([file]);
    const second = blobs.pin([file]);
    // Act
    blobs.remove([file]);
    first();
    first();
    await sleep(20);
    assert.deepEqual(files(), [file.name]);
    second();
    // Assess
    await eventually(() => assert.deepEqual(files(), []));
  });

  it("sweeps what earlier processes left and no row names, and nothing else", async () => {
    // Prepare
    const named = await keep("named");
    const orphan = await keep("orphan");
    await store.write(() => void store.sql("INSERT INTO s3_files VALUES ('body', 1, ?, 5)").run(named.name));
    writeFileSync(join(directory, "objects", "incoming", "half"), "half of a bo");
    // Act
    blobs = new Blobs(store, join(directory, "objects"));
    const fresh = await keep("not yet named");
    await blobs.sweep();
    // Assess
    await eventually(() => assert.deepEqual(new Set(files()), new Set([named.name, fresh.name])));
    assert.ok(orphan.name !== named.name);
    assert.deepEqual(incoming(), []);
  });

  it("answers a directory that cannot be written with an error to try again after", async () => {
    // Prepare
    rmSync(join(directory, "objects", "incoming"), { recursive: true });
    // Act and assess
    await assert.rejects(
      blobs.draft(),
      (error) => error instanceof AwsError && error.code === "ServiceUnavailable" && error.status === 503,
    );
    mkdirSync(join(directory, "objects", "incoming"));
    assert.equal((await keep("again")).size, 5);
  });
});
