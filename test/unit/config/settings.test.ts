import assert from "node:assert/strict";
import { readSettings, stackDirectory } from "../../../config/settings.ts";

describe("readSettings", () => {
  it("needs nothing to be set: Milepost's own endpoint, loopback, credentials that open nothing elsewhere", () => {
    const settings = readSettings({});

    assert.equal(settings.embedded, true);
    assert.equal(settings.endpoints.all, "http://127.0.0.1:4566");
    assert.equal(settings.api.host, "127.0.0.1");
    assert.equal(settings.api.publicBaseUrl, "http://localhost:8080");
    assert.deepEqual(settings.credentials, { accessKeyId: "test", secretAccessKey: "test" });
  });

  it("takes another endpoint for all services, and the seed's names for single ones over it", () => {
    const settings = readSettings({ AWS_ENDPOINT_URL: "http://localhost:4566/", SQS_ENDPOINT: "http://localhost:9324" });

    assert.equal(settings.embedded, false);
    assert.equal(settings.endpoints.dynamodb, "http://localhost:4566");
    assert.equal(settings.endpoints.sqs, "http://localhost:9324");
  });

  it("takes a region by its name only, and says which variable holds none", () => {
    assert.equal(readSettings({ AWS_DEFAULT_REGION: "eu-west-3" }).region, "eu-west-3");
    assert.equal(readSettings({ AWS_REGION: "us-gov-east-1", AWS_DEFAULT_REGION: "eu-west-3" }).region, "us-gov-east-1");
    for (const variable of ["AWS_REGION", "AWS_DEFAULT_REGION"])
      assert.throws(() => readSettings({ [variable]: "us east" }), new RegExp(`^ConfigError: ${variable} must be a region's name`));
  });

  it("leaves endpoints and credentials to the SDK on AWS", () => {
    const settings = readSettings({ MILEPOST_MODE: "aws", AWS_REGION: "eu-central-1" });

    assert.deepEqual(settings.endpoints, { all: undefined, dynamodb: undefined, sqs: undefined, sfn: undefined, s3: undefined });
    assert.equal(settings.credentials, undefined);
    assert.equal(settings.env, "aws");
  });

  it("follows a changed port in the tracking address, unless that is set", () => {
    assert.equal(readSettings({ API_PORT: "8181" }).api.publicBaseUrl, "http://localhost:8181");
    assert.equal(readSettings({ APP_PUBLIC_BASE_URL: "https://track.example/" }).api.publicBaseUrl, "https://track.example");
  });

  it("takes users' tokens of its own, unless an identity provider is named, whose issuer and audience are then its own too", () => {
    const provider = {
      AUTH_JWKS_URL: "https://id.example.org/keys",
      AUTH_ISSUER: "https://id.example.org/",
      AUTH_AUDIENCE: "orders",
      AUTH_TOKEN_TYPE: "at+jwt",
    };

    assert.deepEqual(readSettings({}).users, { jwksUrl: undefined, issuer: "milepost", audience: "milepost", tokenType: undefined });
    assert.deepEqual(readSettings(provider).users, {
      jwksUrl: "https://id.example.org/keys",
      issuer: "https://id.example.org/",
      audience: "orders",
      tokenType: "at+jwt",
    });
  });

  it("says in one sentence which variable is wrong, and why", () => {
    const wrong: [Record<string, string>, string][] = [
      [{ MILEPOST_MODE: "prod" }, 'MILEPOST_MODE must be one of local, aws, not "prod".'],
      [{ API_PORT: "http" }, 'API_PORT must be a whole number from 0 to 65535, not "http".'],
      [{ AWS_ENDPOINT_URL: "localhost:4566" }, 'AWS_ENDPOINT_URL must be an http or https address, not "localhost:4566".'],
      [{ AWS_ACCESS_KEY_ID: "one" }, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set both, or neither."],
      [{ AUTH_JWKS_URL: "id.example.org/keys" }, 'AUTH_JWKS_URL must be an http or https address, not "id.example.org/keys".'],
      [{ AUTH_TOKEN_TYPE: "at jwt" }, 'AUTH_TOKEN_TYPE must be a token\'s type, such as at+jwt, not "at jwt".'],
      [{ ORDERS_PER_MINUTE: "0" }, 'ORDERS_PER_MINUTE must be a whole number from 1 to 100000, not "0".'],
      [{ LOG_LEVEL: "loud" }, 'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, not "loud".'],
      [{ LOG_FORMAT: "xml" }, 'LOG_FORMAT must be one of text, json, not "xml".'],
    ];
    for (const [environment, message] of wrong) assert.throws(() => readSettings(environment), { name: "ConfigError", message });
  });

  it("keeps what is made on one endpoint apart from what is made on another", () => {
    const one = stackDirectory(readSettings({}));
    const other = stackDirectory(readSettings({ AWS_ENDPOINT_URL: "http://localhost:4567" }));

    assert.notEqual(one, other);
  });
});
