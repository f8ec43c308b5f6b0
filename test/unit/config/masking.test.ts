import assert from "node:assert/strict";
import fc from "fast-check";
import { SESSION_COOKIE } from "../../../api/console/session.ts";
import { maskerOf, maskTokens, passwordsIn, secretsIn, textsIn } from "../../../config/masking.ts";
import { readSettings } from "../../../config/settings.ts";

describe("A text that others have made", () => {
  it("is kept without the tokens that can be told by where they stand", () => {
    const texts: readonly (readonly [string, string])[] = [
      ["authorization: Bearer abc.def-123_456", "authorization: Bearer [masked]"],
      ['{"authorization":"Basic dXNlcjpwYXNz"}', '{"authorization":"Basic [masked]"}'],
      ["GET http://h/requests/1?t=abc&x=1 failed", "GET http://h/requests/1?t=[masked]&x=1 failed"],
      ['"/orders/1?x=1&sig=1.2.abc"', '"/orders/1?x=1&sig=[masked]"'],
      ['{"taskToken":"AQB8+/=","step":"pay"}', '{"taskToken":"[masked]","step":"pay"}'],
      ['"{\\"taskToken\\":\\"AQB8+/=\\"}"', '"{\\"taskToken\\":\\"[masked]\\"}"'],
      ['{ "taskToken": "AQB8+/=", "step": "pay" }', '{ "taskToken": "[masked]", "step": "pay" }'],
      ["{ taskToken: 'AQB8+/=', step: 'pay' }", "{ taskToken: '[masked]', step: 'pay' }"],
      ["{\n  taskToken: '+QB8',\n  step: 'pay' }", "{\n  taskToken: '[masked]',\n  step: 'pay' }"],
      ["taskToken = AQB8", "taskToken = [masked]"],
      ["?taskToken=AQB8&x=1", "?taskToken=[masked]&x=1"],
      [`cookie: theme=dark; ${SESSION_COOKIE}=k3.Zm9v_a-b.c2ln; x=y`, `cookie: theme=dark; ${SESSION_COOKIE}=[masked]; x=y`],
      ["Value 'AQB8' at 'taskToken' failed to satisfy constraint", "Value '[masked]' at 'taskToken' failed to satisfy constraint"],
      ["the token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MTIzIn0.c2lnbmF0dXJl is old", "the token [masked] is old"],
    ];
    for (const [text, expected] of texts) assert.equal(maskTokens(text), expected);
  });

  it("stays as it is where there are none", () => {
    for (const text of [
      "processed eventId=a-2 requestId=a newStatus=IN_PROGRESS",
      "Value at 'taskToken' failed to satisfy constraint",
      "The taskToken of an execution is given once.",
      "The bearer token in the Authorization header is no user's.",
      "5 attempts failed, the last one because: Unusable: There is no step none for requests.",
      "file:///work/api/records.ts:73:9?x=1",
    ])
      assert.equal(maskTokens(text), text);
  });

  it("is kept without any secret of the process, as it is and as JSON or an address has it", () => {
    const secret = fc.string({ minLength: 8, maxLength: 40, unit: "grapheme-ascii" });
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 4 }), fc.string(), (secrets, around) => {
        const mask = maskerOf(secrets);
        for (const one of secrets) {
          assert.ok(!mask(`${around} ${one} ${around}`).includes(one));
          assert.ok(!mask(JSON.stringify({ one })).includes(JSON.stringify(one).slice(1, -1)));
          assert.ok(!mask(`/?x=${encodeURIComponent(one)}`).includes(encodeURIComponent(one)));
        }
      }),
    );
  });

  it("keeps words that only look like a secret, such as a local endpoint's", () => {
    assert.equal(maskerOf(["test", ""])("a test"), "a test");
  });
});

describe("What a process must not tell", () => {
  it("is found in its settings", () => {
    const settings = readSettings({
      AWS_ACCESS_KEY_ID: "a-key",
      AWS_SECRET_ACCESS_KEY: "an-aws-secret",
      PAYMENT_TOKEN: "a-payment-token",
      NOTIFY_SMTP_URL: "smtp://user:pass%20word@mail.test",
      NOTIFY_FROM: "m@example.org",
      NOTIFY_WEBHOOK_URL: "http://hook.test/path",
      NOTIFY_WEBHOOK_SECRET: "sixteen-characters",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector.test",
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20key",
    });

    assert.deepEqual(secretsIn(settings), [
      "an-aws-secret",
      "a-payment-token",
      "http://hook.test/path",
      "sixteen-characters",
      "pass%20word",
      "pass word",
      "a key",
    ]);
    assert.deepEqual(secretsIn(readSettings({})), ["test"]);
    assert.deepEqual(passwordsIn("smtp://mail.test"), []);
  });

  it("is looked for without failing, whatever an address has in it", () => {
    assert.deepEqual(passwordsIn("smtp://user:50%@mail.test"), ["50%", "50%"]);
    fc.assert(
      fc.property(fc.string(), fc.string(), (password, text) => {
        assert.ok(Array.isArray(passwordsIn(`smtp://user:${password}@mail.test`)));
        assert.ok(Array.isArray(passwordsIn(text)));
      }),
    );
  });

  it("is found in its secrets, however they are put together", () => {
    const secrets = { adminToken: "one", older: ["two", Buffer.from("three")], none: undefined, count: 7 };

    assert.deepEqual(textsIn(secrets), ["one", "two", "three"]);
  });
});
