import assert from "node:assert/strict";
import { Flusher } from "../../local/flusher.ts";

/** A disk whose flushes take as long as the test says, by a clock of the test's. */
class Disk {
  now = 0;
  flushMs = 0.05;
  inPlace = 0;
  closed = false;
  readonly aside: (() => void)[] = [];

  flushInPlace(): void {
    this.inPlace++;
    this.now += this.flushMs;
  }

  flushAside(done: (error: Error | null) => void): void {
    this.aside.push(() => done(null));
  }

  close(): void {
    this.closed = true;
  }
}

describe("the flusher", () => {
  let disk: Disk;
  let flusher: Flusher;

  beforeEach(() => {
    disk = new Disk();
    flusher = new Flusher(disk, () => disk.now);
  });

  /** Commits a group; the list grows by its name when an answer may leave. */
  function commit(name: string, answered: string[], mustReachDisk = true): void {
    flusher.groupCommitted(mustReachDisk);
    flusher.whenEven(() => answered.push(name));
    flusher.flush();
  }

  function makeSlow(): void {
    disk.flushMs = 5;
    for (let i = 0; i < 50 && disk.aside.length === 0; i++) commit("slow", []);
    assert.equal(disk.aside.length, 1, "a slow disk is flushed from another thread");
  }

  it("answers after the flush that covers the group", () => {
    const answered: string[] = [];
    commit("a", answered);
    assert.deepEqual(answered, ["a"]);
    assert.equal(disk.inPlace, 1);
  });

  it("leaves out the flush for a group that need not reach the disk", () => {
    const answered: string[] = [];
    commit("a", answered, false);
    assert.deepEqual(answered, ["a"]);
    assert.equal(disk.inPlace, 0);
  });

  it("covers by the next flush what was committed while one runs", () => {
    // Prepare
    makeSlow();
    const answered: string[] = [];

    // Act
    commit("b", answered);
    commit("c", answered);
    disk.aside.shift()?.();
    const afterFirst = [...answered];
    const asked = disk.aside.length;
    disk.aside.shift()?.();

    // Assess
    assert.deepEqual(afterFirst, [], "the flush under way began before them");
    assert.equal(asked, 1, "one flush for both");
    assert.deepEqual(answered, ["b", "c"]);
    assert.equal(disk.aside.length, 0);
  });

  it("lets a group that need not reach the disk wait for an earlier one that must", () => {
    // Prepare
    makeSlow();
    const answered: string[] = [];

    // Act
    commit("reads what is on its way", answered, false);

    // Assess
    assert.deepEqual(answered, []);
    disk.aside.shift()?.();
    assert.deepEqual(answered, ["reads what is on its way"]);
  });

  it("takes no note of one slow flush among quick ones", () => {
    for (let i = 0; i < 20; i++) commit("quick", []);
    disk.flushMs = 50;
    commit("slow", []);
    disk.flushMs = 0.05;
    commit("quick", []);
    assert.equal(disk.aside.length, 0);
  });

  it("hands what many wait for to another thread sooner than what few wait for", () => {
    // Prepare
    disk.flushMs = 1;
    const answered: string[] = [];
    const commitFor = (callers: number) => {
      flusher.groupCommitted(true);
      for (let i = 0; i < callers; i++) flusher.whenEven(() => answered.push("answer"));
      flusher.flush();
    };

    // Act
    for (let i = 0; i < 50; i++) commitFor(2);
    const asideForFew = disk.aside.length;
    for (let i = 0; i < 50 && disk.aside.length === 0; i++) commitFor(3);

    // Assess
    assert.deepEqual([asideForFew, disk.aside.length], [0, 1]);
    assert.equal(answered.length % 3, 100 % 3, "the last group's callers wait");
  });

  it("tries the disk in place again after a while", () => {
    // Prepare
    makeSlow();
    disk.aside.shift()?.();
    const before = disk.inPlace;

    // Act
    disk.now += 2_000;
    disk.flushMs = 0.05;
    const answered: string[] = [];
    commit("later", answered);

    // Assess
    assert.deepEqual(answered, ["later"]);
    assert.equal(disk.inPlace, before + 1);
  });

  it("covers everything when it is closed", () => {
    makeSlow();
    const answered: string[] = [];
    commit("last", answered);
    flusher.close();
    assert.deepEqual(answered, ["last"]);
    assert.equal(disk.closed, true);
  });
});
