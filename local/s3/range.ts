import { s3Error } from "./errors.ts";

export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/**
 * The part of a body that a Range header asks for, or undefined for the whole. As AWS does, a header that is not one
 * plain range of bytes is taken as if it were not there; one that lies outside the body is an error.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (header === undefined || match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  if (first === "") return suffixRange(header, Number(last), size);
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= size) throw unsatisfiable(header, size);
  return { start, length: end - start + 1 };
}

function suffixRange(header: string, wanted: number, size: number): ByteRange {
  const length = Math.min(wanted, size);
  if (length === 0) throw unsatisfiable(header, size);
  return { start: size - length, length };
}

function unsatisfiable(header: string, size: number): Error {
  return s3Error(416, "InvalidRange", "The requested range is not satisfiable", { RangeRequested: header, ActualObjectSize: String(size) });
}
