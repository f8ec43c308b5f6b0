/**
 * What must not be read by whoever reads logs, in texts that others have made: errors of libraries, answers of servers, which
 * may repeat what they were sent. Our own lines name no secret; this is for the rest.
 */
import { percentDecoded } from "./environment.ts";
import type { Settings } from "./settings.ts";

const MASK = "[masked]";
/** What is shorter stands in texts by chance, and guards nothing: the credentials of a local endpoint do. */
const LENGTH_MIN = 8;

/**
 * A token where it is called one: in a header, in an address, in a message of a workflow as JSON or as Node shows an object, in
 * AWS's refusal of one, in the console's cookie; and a JWT.
 */
const TOKENS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\x21\x23-\x5b\x5d-\x7e]{8,}/gi, `$1 ${MASK}`],
  [/([?&](?:t|sig|token)=)[^\s"'\\&#]+/g, `$1${MASK}`],
  [/(taskToken(?:[^\w\s]{1,8}|[^\w\s:=]{0,8}\s{0,8}[:=]\s{0,8}[^\w\s+/=-]{0,8}))[A-Za-z0-9+/=_-]+/g, `$1${MASK}`],
  [/'[^'\s]*'(?= at 'taskToken')/g, `'${MASK}'`],
  [/(milepost_session=)[\w.-]+/g, `$1${MASK}`],
  [/\beyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]+/g, MASK],
];

/** What lets its bearer act for somebody, by the names that it goes by. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  ...["authorization", "cookie", "password", "secret", "token", "access_token", "taskToken", "trackingUrl", "poll_url"],
  ...["adminToken", "adminTokens", "appSecrets", "jwtSecrets"],
]);

/** What lies deeper is left out: nothing of ours does, and what holds itself has no end. */
const DEPTH_MAX = 5;

/** The fields of a line, each that is named as a secret masked, however deep it lies. */
export function maskNamed(fields: object): Record<string, unknown> {
  return masked(fields, 1);
}

function masked(fields: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(fields);
  return Object.fromEntries(entries.map(([name, value]) => [name, SECRET_NAMES.has(name) ? MASK : withoutSecrets(name, value, depth)]));
}

function withoutSecrets(name: string, value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  // An error that is a field of this name has a serializer of its own, which tells what is not enumerable as well.
  if (value instanceof Error && name === "err" && depth === 1) return value;
  if (depth > DEPTH_MAX) return "[too deep]";
  if (Array.isArray(value)) return value.map((member) => withoutSecrets("", member, depth + 1));
  if ("toJSON" in value && typeof value.toJSON === "function") return withoutSecrets(name, asJson(value.toJSON.bind(value)), depth + 1);
  return masked(value, depth + 1);
}

/** Whoever logs must not fail at what cannot be written. */
function asJson(toJson: () => unknown): unknown {
  try {
    return toJson();
  } catch {
    return "[unable to serialize]";
  }
}

/** A text without the tokens that can be told by where they stand. */
export function maskTokens(text: string): string {
  return TOKENS.reduce((rest, [token, instead]) => rest.replace(token, instead), text);
}

/** Masks tokens, and these very secrets wherever they stand, as they are or as JSON or an address has them. */
export function maskerOf(secrets: readonly string[]): (text: string) => string {
  const spellings = secrets
    .filter(({ length }) => length >= LENGTH_MIN)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  // The longest first: one may be a part of another.
  const sought = [...new Set(spellings)].sort((one, other) => other.length - one.length);
  // A secret first, whole, and then tokens: part of a secret may look like one.
  return (text) => maskTokens(sought.reduce((rest, secret) => rest.replaceAll(secret, MASK), text));
}

/** What the settings hold that is for nobody else. */
export function secretsIn({ credentials, payment, notify, tracing }: Settings): string[] {
  const found = [credentials?.secretAccessKey, payment.token, notify.webhook?.url, notify.webhook?.secret];
  const smtp = notify.email?.smtpUrl;
  return [...found, ...(smtp === undefined ? [] : passwordsIn(smtp)), ...Object.values(tracing?.headers ?? {})].filter(
    (secret) => secret !== undefined,
  );
}

/** The password of an address, as it stands there and as it is sent. Whoever masks must not fail, so what is no address has none. */
export function passwordsIn(url: string): string[] {
  const password = URL.parse(url)?.password ?? "";
  return password === "" ? [] : [password, percentDecoded(password) ?? password];
}

/** All texts and bytes in something, however it is put together. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString("utf8")];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
