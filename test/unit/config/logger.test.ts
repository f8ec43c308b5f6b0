import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "..", "..", "..");
/** A process of its own, since a logger writes to its process's standard output. */
const PROGRAM = `
import { makeLogger } from "./config/logger.ts";
import { readSettings } from "./config/settings.ts";
const logger = makeLogger("api", readSettings({ APP_ENV: "test", LOG_LEVEL: "info" }));
const secrets = { authorization: "of-mine", cookie: "of-mine", token: "of-mine", taskToken: "of-mine", trackingUrl: "of-mine", poll_url: "of-mine",
  password: "of-mine", secret: "of-mine", access_token: "of-mine", adminTokens: ["of-mine"], appSecrets: ["of-mine"], jwtSecrets: ["of-mine"] };
class Holder { constructor() { Object.assign(this, secrets); } }
const itself = { name: "itself" };
itself.inner = itself;
logger.info({ ...secrets, inner: secrets, deep: { inner: secrets, list: [{ deeper: secrets }] }, holder: new Holder(), itself }, "one\\nline");
logger.child({ ...secrets, childs: "own", deep: { inner: secrets } }).warn(Object.assign(new Error("broken"), secrets));
logger.error({ reason: Object.assign(new Error("broken"), secrets), at: new Date(0), tried: { err: Object.assign(new Error("inner"), secrets) } }, "no");
logger.error({ err: null, broken: { toJSON() { throw new Error("no JSON"); } } });
logger.error({ err: "a text" });
logger.debug("not told");
`;

describe("A process's log", () => {
  it("is a line of JSON for each event, in UTC, with every secret masked that is named as one", async () => {
    // Act
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", PROGRAM], {
      cwd: ROOT,
      timeout: 20_000,
    });

    // Assess
    const [first = "", second = "", third = "", ...more] = stdout.trimEnd().split("\n");
    assert.deepEqual(
      more.map((line) => JSON.parse(line)).map(({ err, broken }) => [err, broken]),
      [
        [null, "[unable to serialize]"],
        ["a text", undefined],
      ],
    );
    const { level, service, env, time, msg } = JSON.parse(first);
    assert.deepEqual([level, service, env, msg], ["info", "api", "test", "one\nline"]);
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const { childs, err } = JSON.parse(second);
    assert.deepEqual([childs, err.type, err.message, err.token], ["own", "Error", "broken", "[masked]"]);
    assert.match(err.stack, /Error: broken\n/);
    assert.equal(JSON.parse(third).at, "1970-01-01T00:00:00.000Z");
    assert.ok(!stdout.includes("of-mine"), stdout);
  });
});
