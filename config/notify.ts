/**
 * Where notifications go beside the log: a mail server, an address of somebody's own. What is set here may hold passwords, so
 * no sentence about it repeats a value.
 */
import { ConfigError, type Environment, percentDecoded, secretOf, textOf } from "./environment.ts";

export interface NotifySettings {
  /** Undefined where no e-mail is sent. */
  readonly email: EmailSettings | undefined;
  /** Undefined where nobody is called. */
  readonly webhook: WebhookSettings | undefined;
}

export interface EmailSettings {
  readonly smtpUrl: string;
  readonly from: string;
  /** Who gets what has no recipient of its own; undefined where such things are not sent. */
  readonly to: string | undefined;
}

export interface WebhookSettings {
  readonly url: string;
  /** What each call is signed with. */
  readonly secret: string;
}

const SECRET_LENGTH_MIN = 16;

/** One address and nothing else: no list, no name, nothing that a header or an SMTP command could be broken with. */
const ADDRESS = /^[^\s<>()[\]\\,;:"@\p{Cc}]{1,64}@[^\s<>()[\]\\,;:"@\p{Cc}]{1,255}$/u;

export function isEmailAddress(text: string): boolean {
  return ADDRESS.test(text);
}

export function readNotify(environment: Environment): NotifySettings {
  return { email: readEmail(environment), webhook: readWebhook(environment) };
}

function readEmail(environment: Environment): EmailSettings | undefined {
  const from = addressOf(environment, "NOTIFY_FROM");
  const to = addressOf(environment, "NOTIFY_TO");
  const smtpUrl = textOf(environment, "NOTIFY_SMTP_URL");
  if (smtpUrl === undefined) return undefined;
  const { username, password } = assertUrl("NOTIFY_SMTP_URL", smtpUrl, /^smtps?:$/, "an smtp or smtps");
  if (percentDecoded(username) === undefined || percentDecoded(password) === undefined)
    throw new ConfigError("NOTIFY_SMTP_URL must have its user and password percent-encoded: a % of their own is written %25.");
  if (from === undefined) throw new ConfigError("NOTIFY_FROM must be set where NOTIFY_SMTP_URL is: mail has a sender.");
  return { smtpUrl, from, to };
}

function readWebhook(environment: Environment): WebhookSettings | undefined {
  const url = textOf(environment, "NOTIFY_WEBHOOK_URL");
  if (url === undefined) return undefined;
  const { username, password } = assertUrl("NOTIFY_WEBHOOK_URL", url, /^https?:$/, "an http or https");
  if (username !== "" || password !== "")
    throw new ConfigError("NOTIFY_WEBHOOK_URL must have no user and no password in it: calls are signed instead.");
  const secret = secretOf(environment, "NOTIFY_WEBHOOK_SECRET");
  if (secret === undefined)
    throw new ConfigError("NOTIFY_WEBHOOK_SECRET or NOTIFY_WEBHOOK_SECRET_FILE must be set where NOTIFY_WEBHOOK_URL is: calls are signed.");
  if (secret.length < SECRET_LENGTH_MIN) throw new ConfigError(`NOTIFY_WEBHOOK_SECRET must have at least ${SECRET_LENGTH_MIN} characters.`);
  return { url, secret };
}

function addressOf(environment: Environment, variable: "NOTIFY_FROM" | "NOTIFY_TO"): string | undefined {
  const text = textOf(environment, variable);
  if (text !== undefined && !isEmailAddress(text))
    throw new ConfigError(`${variable} must be one e-mail address, such as ops@example.org.`);
  return text;
}

function assertUrl(variable: string, text: string, protocol: RegExp, called: string): URL {
  const url = URL.parse(text);
  if (url === null || !protocol.test(url.protocol) || url.hostname === "") throw new ConfigError(`${variable} must be ${called} address.`);
  return url;
}
