/** A character outside those XML 1.0 knows: the control characters, half a surrogate pair, U+FFFE and U+FFFF. */
const INVALID = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

export function hasOnlyValidCharacters(text: string): boolean {
  return !INVALID.test(text);
}

/** What AWS allows in MessageGroupId, MessageDeduplicationId and ReceiveRequestAttemptId. */
const TOKEN = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}
