import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isEmailAddress } from "../../../config/notify.ts";
import { readSettings } from "../../../config/settings.ts";

const SECRET = "sixteen-characters-at-least";
const WEBHOOK = { NOTIFY_WEBHOOK_URL: "https://example.org/hook", NOTIFY_WEBHOOK_SECRET: SECRET };

describe("Where notifications go", () => {
  it("is the log alone, where nothing is set", () => {
    assert.deepEqual(readSettings({}).notify, { email: undefined, webhook: undefined });
  });

  it("is a mail server, with a sender and perhaps a recipient", () => {
    const { notify } = readSettings({ NOTIFY_SMTP_URL: "smtps://user:pass@mail.example.org", NOTIFY_FROM: "m@example.org" });

    assert.deepEqual(notify.email, { smtpUrl: "smtps://user:pass@mail.example.org", from: "m@example.org", to: undefined });
  });

  it("is a mail server whose password may hold any character, percent-encoded", () => {
    const { notify } = readSettings({ NOTIFY_SMTP_URL: "smtp://user%40x:50%25%40@mail.example.org", NOTIFY_FROM: "m@example.org" });

    assert.equal(notify.email?.smtpUrl, "smtp://user%40x:50%25%40@mail.example.org");
  });

  it("is a webhook, with a secret that may lie in a file", () => {
    const directory = mkdtempSync(join(tmpdir(), "notify-"));
    try {
      const file = join(directory, "secret");
      writeFileSync(file, `${SECRET}\n`);
      const { notify } = readSettings({ NOTIFY_WEBHOOK_URL: WEBHOOK.NOTIFY_WEBHOOK_URL, NOTIFY_WEBHOOK_SECRET_FILE: file });

      assert.deepEqual(notify.webhook, { url: "https://example.org/hook", secret: SECRET });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it("is refused in one sentence that repeats no password", () => {
    const smtp = { NOTIFY_SMTP_URL: "smtp://user:pass@mail.example.org", NOTIFY_FROM: "m@example.org" };
    const wrong: [Record<string, string>, RegExp][] = [
      [{ ...smtp, NOTIFY_SMTP_URL: "https://user:pass@mail.example.org" }, /^NOTIFY_SMTP_URL must be an smtp or smtps address\.$/],
      [{ ...smtp, NOTIFY_SMTP_URL: "smtp://" }, /^NOTIFY_SMTP_URL must be/],
      [
        { ...smtp, NOTIFY_SMTP_URL: "smtp://user:50%pass@mail.example.org" },
        /^NOTIFY_SMTP_URL must have its user and password percent-encoded/,
      ],
      [
        { ...smtp, NOTIFY_SMTP_URL: "smtp://user:%ffpass@mail.example.org" },
        /^NOTIFY_SMTP_URL must have its user and password percent-encoded/,
      ],
      [
        { ...smtp, NOTIFY_SMTP_URL: "smtp://50%:pass@mail.example.org" },
        /^NOTIFY_SMTP_URL must have its user and password percent-encoded/,
      ],
      [{ NOTIFY_SMTP_URL: smtp.NOTIFY_SMTP_URL }, /^NOTIFY_FROM must be set where NOTIFY_SMTP_URL is/],
      [{ ...smtp, NOTIFY_FROM: "Milepost <m@example.org>" }, /^NOTIFY_FROM must be one e-mail address/],
      [{ ...smtp, NOTIFY_TO: "a@example.org,b@example.org" }, /^NOTIFY_TO must be one e-mail address/],
      [{ ...WEBHOOK, NOTIFY_WEBHOOK_URL: "example.org/hook" }, /^NOTIFY_WEBHOOK_URL must be an http or https address\.$/],
      [{ ...WEBHOOK, NOTIFY_WEBHOOK_URL: "https://user:pass@example.org" }, /^NOTIFY_WEBHOOK_URL must have no user/],
      [{ NOTIFY_WEBHOOK_URL: "https://example.org/hook" }, /^NOTIFY_WEBHOOK_SECRET or NOTIFY_WEBHOOK_SECRET_FILE must be set/],
      [{ ...WEBHOOK, NOTIFY_WEBHOOK_SECRET: "pass" }, /^NOTIFY_WEBHOOK_SECRET must have at least 16 characters\.$/],
    ];
    for (const [environment, message] of wrong) {
      assert.throws(
        () => readSettings(environment),
        (error) =>
          error instanceof Error && error.name === "ConfigError" && message.test(error.message) && !error.message.includes("pass@"),
        JSON.stringify(environment),
      );
    }
  });
});

describe("An e-mail address", () => {
  it("is one, without a name, a second one, or anything that breaks a header", () => {
    const cases: [string, boolean][] = [
      ["ops@example.org", true],
      ["o'brien+tag@mail.example.org", true],
      ["ops", false],
      ["ops@example.org, other@example.org", false],
      ["Ops <ops@example.org>", false],
      ["ops@example.org\r\nBcc: other@example.org", false],
      ["ops@example.org\u0000", false],
      [`${"a".repeat(65)}@example.org`, false],
    ];
    for (const [text, expected] of cases) assert.equal(isEmailAddress(text), expected, text);
  });
});
