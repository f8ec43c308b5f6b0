import { headerNotImplemented, noSuchKey, preconditionFailed } from "./errors.ts";
import type { S3Request } from "./request.ts";

/** What conditions are about: an object as it is. */
export interface Conditioned {
  readonly etag: string;
  readonly modified: number;
}

/**
 * GET's and HEAD's conditions by RFC 9110's precedence: an ETag condition, where it holds, overrules the date condition
 * beside it. Answers whether the object counts as not modified; throws where a precondition fails.
 */
export function checkReadConditions(request: S3Request, object: Conditioned): "proceed" | "not modified" {
  const ifMatch = request.header("if-match");
  const ifNoneMatch = request.header("if-none-match");
  const unmodifiedSince = parseDate(request.header("if-unmodified-since"));
  const modifiedSince = parseDate(request.header("if-modified-since"));
  if (ifMatch !== undefined && !matches(ifMatch, object.etag)) throw preconditionFailed("If-Match");
  if (ifMatch === undefined && unmodifiedSince !== undefined && seconds(object) > unmodifiedSince)
    throw preconditionFailed("If-Unmodified-Since");
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag) ? "not modified" : "proceed";
  if (modifiedSince === undefined || modifiedSince > Math.floor(request.now / 1000)) return "proceed";
  return seconds(object) <= modifiedSince ? "not modified" : "proceed";
}

/** The conditions a copy puts on its source; all failures are precondition failures there. */
export function checkSourceConditions(request: S3Request, object: Conditioned): void {
  const ifMatch = request.header("x-amz-copy-source-if-match");
  const ifNoneMatch = request.header("x-amz-copy-source-if-none-match");
  const unmodifiedSince = parseDate(request.header("x-amz-copy-source-if-unmodified-since"));
  const modifiedSince = parseDate(request.header("x-amz-copy-source-if-modified-since"));
  if (ifMatch !== undefined && !matches(ifMatch, object.etag)) throw preconditionFailed("x-amz-copy-source-If-Match");
  if (ifMatch === undefined && unmodifiedSince !== undefined && seconds(object) > unmodifiedSince) {
    throw preconditionFailed("x-amz-copy-source-If-Unmodified-Since");
  }
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, object.etag)) throw preconditionFailed("x-amz-copy-source-If-None-Match");
  if (modifiedSince !== undefined && modifiedSince <= Math.floor(request.now / 1000) && seconds(object) <= modifiedSince) {
    throw preconditionFailed("x-amz-copy-source-If-Modified-Since");
  }
}

/** Refuses, before a body is read, conditions that S3 does not know for writes. */
export function validateWriteConditions(request: S3Request): void {
  const ifMatch = request.header("if-match");
  const ifNoneMatch = request.header("if-none-match");
  if (ifMatch !== undefined && ifNoneMatch !== undefined)
    throw unsupported("If-Match,If-None-Match", "Multiple conditional request headers present in the request");
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") {
    throw unsupported("If-None-Match", "We don't accept the provided value of If-None-Match header for this API");
  }
  if (ifMatch === "*") throw unsupported("If-Match", "We don't accept the provided value of If-Match header for this API");
}

/** A write's conditions, to be checked in the transaction that replaces `current`. */
export function checkWriteConditions(request: S3Request, key: string, current: Conditioned | undefined): void {
  if (request.header("if-none-match") !== undefined && current !== undefined) throw preconditionFailed("If-None-Match");
  checkIfMatch(request, key, current);
}

export function checkIfMatch(request: S3Request, key: string, current: Conditioned | undefined): void {
  const ifMatch = request.header("if-match");
  if (ifMatch === undefined) return;
  if (current === undefined) throw noSuchKey(key);
  if (!matches(ifMatch, current.etag)) throw preconditionFailed("If-Match");
}

function matches(header: string, etag: string): boolean {
  return header.split(",").some((entry) => {
    const tag = entry.trim();
    return tag === "*" || unquote(tag) === etag;
  });
}

export function unquote(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, "$1");
}

function seconds(object: Conditioned): number {
  return Math.floor(object.modified / 1000);
}

/** In seconds; a date that cannot be read is as good as none. */
function parseDate(text: string | undefined): number | undefined {
  const moment = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(moment) ? undefined : Math.floor(moment / 1000);
}

function unsupported(header: string, detail: string): Error {
  return headerNotImplemented(header, { additionalMessage: detail });
}
