import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adminTokenFile, readSecrets } from "../../../config/secrets.ts";
import { readSettings } from "../../../config/settings.ts";

describe("readSecrets", () => {
  let directory = "";

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "secrets-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const settingsWith = (environment: Record<string, string>) => readSettings({ MILEPOST_DIR: directory, ...environment });

  it("makes random ones on first start, for their owner's eyes only, and keeps them", () => {
    // Act
    const first = readSecrets(settingsWith({}), {});
    const second = readSecrets(settingsWith({}), {});

    // Assess
    const file = adminTokenFile(settingsWith({}));
    assert.deepEqual(second, first);
    assert.equal(readFileSync(file, "utf8").trim(), first.adminTokens[0]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(first.adminTokens[0].length >= 43 && first.appSecrets[0].length >= 43);
    assert.notEqual(first.adminTokens[0], first.appSecrets[0].toString());
  });

  it("takes given ones, from the environment before a file", () => {
    const file = join(directory, "token");
    writeFileSync(file, "token-from-a-file\n");

    const fromFile = readSecrets(settingsWith({}), { ADMIN_TOKEN_FILE: file });
    const fromBoth = readSecrets(settingsWith({}), { ADMIN_TOKEN_FILE: file, ADMIN_TOKEN: "token-itself" });

    assert.deepEqual(fromFile.adminTokens, ["token-from-a-file"]);
    assert.deepEqual(fromBoth.adminTokens, ["token-itself"]);
  });

  it("makes none outside local mode", () => {
    const settings = settingsWith({ MILEPOST_MODE: "aws" });

    assert.throws(() => readSecrets(settings, {}), { message: "ADMIN_TOKEN or ADMIN_TOKEN_FILE must be set outside local mode." });
  });

  it("makes one for users' tokens too, unless an identity provider gives those", () => {
    // Act
    const first = readSecrets(settingsWith({}), {});
    const second = readSecrets(settingsWith({}), {});
    const elsewhere = readSecrets(settingsWith({ AUTH_JWKS_URL: "https://id.example.org/keys" }), { JWT_SECRET: "j".repeat(32) });

    // Assess
    assert.ok(first.jwtSecrets && first.jwtSecrets[0].length >= 43);
    assert.deepEqual(second.jwtSecrets, first.jwtSecrets);
    assert.ok(!first.jwtSecrets[0].equals(first.appSecrets[0]));
    assert.equal(elsewhere.jwtSecrets, undefined);
  });

  it("needs none for users' tokens outside local mode, and takes one that is given", () => {
    const settings = settingsWith({ MILEPOST_MODE: "aws" });
    const given = { ADMIN_TOKEN: "token-itself", APP_SECRET: "s".repeat(32) };

    assert.equal(readSecrets(settings, given).jwtSecrets, undefined);
    assert.deepEqual(readSecrets(settings, { ...given, JWT_SECRET: "j".repeat(32) }).jwtSecrets, [Buffer.from("j".repeat(32))]);
    assert.throws(() => readSecrets(settings, { ...given, JWT_SECRET: "j".repeat(31) }), {
      message: "JWT_SECRET must have at least 32 characters.",
    });
  });

  it("takes another of each that holds as well, from the environment or a file", () => {
    // Prepare
    const file = join(directory, "previous");
    writeFileSync(file, `${"p".repeat(32)}\n`);
    const other = Buffer.from("p".repeat(32));

    // Act
    const { adminTokens, appSecrets, jwtSecrets } = readSecrets(settingsWith({}), {
      ADMIN_TOKEN: "token-itself",
      ADMIN_TOKEN_PREVIOUS: "token-of-before",
      APP_SECRET_PREVIOUS_FILE: file,
      JWT_SECRET_PREVIOUS: "p".repeat(32),
    });

    // Assess
    assert.deepEqual(adminTokens, ["token-itself", "token-of-before"]);
    assert.deepEqual([appSecrets.length, appSecrets[1]], [2, other]);
    assert.deepEqual([jwtSecrets?.length, jwtSecrets?.[1]], [2, other]);
  });

  it("refuses one that could be guessed, without repeating it", () => {
    assert.throws(() => readSecrets(settingsWith({}), { ADMIN_TOKEN: "short" }), {
      message: "ADMIN_TOKEN must have at least 8 characters.",
    });
    assert.throws(() => readSecrets(settingsWith({}), { APP_SECRET_PREVIOUS: "short" }), {
      message: "APP_SECRET_PREVIOUS must have at least 32 characters.",
    });
  });

  it("names a file that cannot be read", () => {
    assert.throws(
      () => readSecrets(settingsWith({}), { APP_SECRET_FILE: join(directory, "none") }),
      /^ConfigError: APP_SECRET_FILE names .*none/,
    );
  });
});
