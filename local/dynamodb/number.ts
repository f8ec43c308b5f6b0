import { invalid } from "./errors.ts";

/**
 * DynamoDB's number: ±0.digits × 10^exponent, exact to 38 digits. The digits neither begin nor end with a zero; zero
 * itself has none. JavaScript's own numbers would lose digits, so they are never used.
 */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const DIGITS_MAX = 38;
const EXPONENT_MAX = 126;
const EXPONENT_MIN = -129;
const ZERO: Decimal = { negative: false, digits: "", exponent: 0 };
const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const PLAIN_INTEGER = /^(?:0|-?[1-9]\d{0,37})$/;

/** The one spelling of a number, so that equal numbers are equal texts. Throws where DynamoDB refuses the number. */
export function canonicalNumber(text: string): string {
  return PLAIN_INTEGER.test(text) ? text : formatDecimal(parseDecimal(text));
}

export function parseDecimal(text: string): Decimal {
  if (text === "") throw invalid("The parameter cannot be converted to a numeric value");
  const match = NUMBER.exec(text);
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (match === null || whole.length + fraction.length === 0) {
    throw invalid(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  return checked(normalised(match[1] === "-", whole + fraction, whole.length + Number(match[4] ?? 0)));
}

/** `digits` with the point before the first of them, times 10^exponent. */
function normalised(negative: boolean, digits: string, exponent: number): Decimal {
  let start = 0;
  while (start < digits.length && digits[start] === "0") start++;
  let end = digits.length;
  while (end > start && digits[end - 1] === "0") end--;
  return start === end ? ZERO : { negative, digits: digits.slice(start, end), exponent: exponent - start };
}

function checked(number: Decimal): Decimal {
  if (number.exponent > EXPONENT_MAX) {
    throw invalid("Number overflow. Attempting to store a number with magnitude larger than supported range");
  }
  if (number.exponent < EXPONENT_MIN) {
    throw invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  }
  if (number.digits.length > DIGITS_MAX) throw invalid("Attempting to store more than 38 significant digits in a Number");
  return number;
}

export function formatDecimal({ negative, digits, exponent }: Decimal): string {
  if (digits === "") return "0";
  const sign = negative ? "-" : "";
  if (exponent <= 0) return `${sign}0.${"0".repeat(-exponent)}${digits}`;
  if (exponent >= digits.length) return sign + digits + "0".repeat(exponent - digits.length);
  return `${sign}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

export function addNumbers(left: string, right: string): string {
  return sum(left, right, 1n);
}

export function subtractNumbers(left: string, right: string): string {
  return sum(left, right, -1n);
}

function sum(left: string, right: string, sign: bigint): string {
  const a = parseDecimal(left);
  const b = parseDecimal(right);
  const scale = Math.max(a.digits.length - a.exponent, b.digits.length - b.exponent, 0);
  const total = scaled(a, scale) + sign * scaled(b, scale);
  const text = (total < 0n ? -total : total).toString();
  return formatDecimal(checked(normalised(total < 0n, text, text.length - scale)));
}

/** The number times 10^scale, a whole one. */
function scaled({ negative, digits, exponent }: Decimal, scale: number): bigint {
  const magnitude = BigInt(digits + "0".repeat(scale - (digits.length - exponent)));
  return negative ? -magnitude : magnitude;
}

/**
 * Bytes that sort as the numbers do: the sign, then exponent and digits in pairs. A negative number has these turned
 * over, with a last byte above all of theirs, so that of -1.2 and -1.23 the shorter is the greater.
 */
export function encodeNumber(text: string): Buffer {
  const { negative, digits, exponent } = parseDecimal(text);
  if (digits === "") return Buffer.from([0x80]);
  const pairs = Math.ceil(digits.length / 2);
  const bytes = Buffer.alloc(pairs + (negative ? 3 : 2));
  const mask = negative ? 0xff : 0;
  bytes[0] = negative ? 0x00 : 0xff;
  bytes[1] = (exponent - EXPONENT_MIN) ^ mask;
  for (let pair = 0; pair < pairs; pair++) {
    const tens = digits.charCodeAt(2 * pair) - 48;
    const ones = 2 * pair + 1 < digits.length ? digits.charCodeAt(2 * pair + 1) - 48 : 0;
    bytes[2 + pair] = (tens * 10 + ones + 1) ^ mask;
  }
  if (negative) bytes[pairs + 2] = 0xff;
  return bytes;
}

/** Numbers this short are told apart exactly by JavaScript's own, which is much faster. */
const SAFE_DIGITS = 15;

export function compareNumbers(left: string, right: string): number {
  if (left.length <= SAFE_DIGITS && right.length <= SAFE_DIGITS) return Number(left) - Number(right);
  return Buffer.compare(encodeNumber(left), encodeNumber(right));
}
