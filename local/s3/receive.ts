import { createHash } from "node:crypto";
import { AwsChunkedDecoder, incompleteBody } from "./aws-chunked.ts";
import type { BlobFile, Blobs } from "./blobs.ts";
import {
  asChecksumAlgorithm,
  CHECKSUM_ALGORITHMS,
  CHECKSUM_BYTES,
  type Checksum,
  type ChecksumAlgorithm,
  checksumHeader,
  startChecksum,
} from "./checksums.ts";
import { headerNotImplemented, invalidRequest, s3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";

/** The largest body of one PUT; larger objects come in parts. */
const PUT_BYTES_MAX = 5 * 1024 ** 3;
/** The largest request document: a lifecycle of 1,000 rules or 1,000 keys of 1,024 bytes to delete, escaped. */
const DOCUMENT_BYTES_MAX = 8 * 1024 ** 2;

/** A body on disk, checked against everything its request said about it. */
export interface ReceivedBody extends Digests {
  readonly file: BlobFile;
}

interface Digests {
  /** Lower-case hex: the ETag without its quotes. */
  readonly md5: string;
  /** By the algorithm that is kept. */
  readonly checksum: Buffer;
  /** By the algorithm that the request used. */
  readonly sent: { readonly algorithm: ChecksumAlgorithm; readonly checksum: Buffer };
}

/** What the request says its body should be. */
interface Claims {
  readonly md5: Buffer | undefined;
  readonly sha256: string | undefined;
  readonly algorithm: ChecksumAlgorithm;
  readonly checksum: Buffer | undefined;
  readonly trailer: string | undefined;
  readonly length: number | undefined;
  readonly chunked: boolean;
}

/** The algorithm a request names for its body's checksum, if it names one. */
export function requestedAlgorithm(request: S3Request): ChecksumAlgorithm | undefined {
  const headers = CHECKSUM_ALGORITHMS.filter((algorithm) => request.header(checksumHeader(algorithm)) !== undefined);
  if (headers.length > 1) throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  const trailer = request.header("x-amz-trailer")?.trim().toLowerCase();
  const named = request.header("x-amz-sdk-checksum-algorithm");
  const algorithm = headers[0] ?? CHECKSUM_ALGORITHMS.find((known) => checksumHeader(known) === trailer) ?? asChecksumAlgorithm(named);
  if (algorithm === undefined && named !== undefined) {
    throw invalidRequest(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${CHECKSUM_ALGORITHMS.join(", ")}]`,
    );
  }
  return algorithm;
}

/**
 * Streams a request's body into a file of its own. `stored` is the algorithm of the checksum to keep; the request may have
 * named another for the way here. When this throws, no file is left.
 */
export async function receiveBody(request: S3Request, blobs: Blobs, stored: ChecksumAlgorithm): Promise<ReceivedBody> {
  const claims = readClaims(request, requestedAlgorithm(request) ?? stored);
  requireLength(request, claims);
  return toFile(bytesOf(request), claims, stored, blobs);
}

/** Leaving it early must not end the connection, on which the caller still waits to be told why. */
function bytesOf(request: S3Request): AsyncIterable<Buffer> {
  return request.body.iterator({ destroyOnReturn: false });
}

/** Writes bytes that are here already into a new file: the body of a copy. */
export function copyBody(source: AsyncIterable<Buffer>, blobs: Blobs, stored: ChecksumAlgorithm): Promise<ReceivedBody> {
  const claims = {
    md5: undefined,
    sha256: undefined,
    algorithm: stored,
    checksum: undefined,
    trailer: undefined,
    length: undefined,
    chunked: false,
  };
  return toFile(source, claims, stored, blobs);
}

async function toFile(source: AsyncIterable<Buffer>, claims: Claims, stored: ChecksumAlgorithm, blobs: Blobs): Promise<ReceivedBody> {
  const draft = await blobs.draft();
  try {
    const digests = await receive(source, claims, stored, PUT_BYTES_MAX, (bytes) => draft.write(bytes));
    return { file: await draft.keep(), ...digests };
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

/**
 * A request's document (XML or a policy), whole, checked like any body; empty text where there is none. Where a checksum
 * header is about the object that the document completes, the document is not held against it.
 */
export async function receiveDocument(
  request: S3Request,
  checksums: "of the document" | "of the object" = "of the document",
): Promise<string> {
  const pieces: Buffer[] = [];
  const algorithm = (checksums === "of the document" ? requestedAlgorithm(request) : undefined) ?? "CRC32";
  const claims = readClaims(request, algorithm);
  const held = checksums === "of the document" ? claims : { ...claims, checksum: undefined, trailer: undefined };
  await receive(bytesOf(request), held, algorithm, DOCUMENT_BYTES_MAX, (bytes) => {
    pieces.push(bytes);
  });
  return Buffer.concat(pieces).toString("utf8");
}

type Sink = (bytes: Buffer) => Promise<void> | void;

async function receive(
  source: AsyncIterable<Buffer>,
  claims: Claims,
  stored: ChecksumAlgorithm,
  bytesMax: number,
  sink: Sink,
): Promise<Digests> {
  const hashes = startHashes(claims, stored);
  const decoder = claims.chunked ? new AwsChunkedDecoder() : undefined;
  let length = 0;
  if (claims.length !== undefined && claims.length > bytesMax) throw tooLarge(claims.length, bytesMax);
  for await (const bytes of source) {
    for (const piece of decoder === undefined ? [bytes] : decoder.push(bytes)) {
      length += piece.length;
      if (length > bytesMax) throw tooLarge(length, bytesMax);
      for (const hash of hashes.all) hash.update(piece);
      await sink(piece);
    }
  }
  decoder?.end();
  if (claims.length !== undefined && claims.length !== length) throw incompleteBody();
  const trailer = claims.trailer === undefined ? undefined : decoder?.trailers.get(claims.trailer);
  return verify(claims, hashes, trailer);
}

interface Hashes {
  readonly md5: Checksum;
  readonly sha256: Checksum | undefined;
  readonly sent: Checksum;
  readonly stored: Checksum;
  /** Each of them once. */
  readonly all: ReadonlySet<Checksum>;
}

function startHashes(claims: Claims, storedAlgorithm: ChecksumAlgorithm): Hashes {
  const md5 = createHash("md5");
  const sha256 = claims.sha256 === undefined ? undefined : createHash("sha256");
  const sent = startChecksum(claims.algorithm);
  const stored = claims.algorithm === storedAlgorithm ? sent : startChecksum(storedAlgorithm);
  const all = new Set<Checksum>([md5, sent, stored]);
  if (sha256 !== undefined) all.add(sha256);
  return { md5, sha256, sent, stored, all };
}

function verify(claims: Claims, hashes: Hashes, trailer: string | undefined): Digests {
  const md5 = hashes.md5.digest();
  if (claims.md5 !== undefined && !claims.md5.equals(md5)) {
    throw s3Error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.", {
      ExpectedDigest: claims.md5.toString("base64"),
      CalculatedDigest: md5.toString("base64"),
    });
  }
  const sha256 = hashes.sha256?.digest().toString("hex");
  if (claims.sha256 !== sha256) {
    throw s3Error(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.", {
      ClientComputedContentSHA256: claims.sha256 ?? "",
      S3ComputedContentSHA256: sha256 ?? "",
    });
  }
  const sent = hashes.sent.digest();
  const claimed = trailer === undefined ? claims.checksum : decodeChecksum(claims.algorithm, trailer);
  if (claimed !== undefined && !claimed.equals(sent)) {
    throw s3Error(400, "BadDigest", `The ${claims.algorithm} you specified did not match the calculated checksum.`);
  }
  const checksum = hashes.stored === hashes.sent ? sent : hashes.stored.digest();
  return { md5: md5.toString("hex"), checksum, sent: { algorithm: claims.algorithm, checksum: sent } };
}

function readClaims(request: S3Request, algorithm: ChecksumAlgorithm): Claims {
  const sha256 = request.header("x-amz-content-sha256");
  const chunked = sha256?.startsWith("STREAMING-") === true || request.header("content-encoding")?.includes("aws-chunked") === true;
  const checksum = request.header(checksumHeader(algorithm));
  const length = request.header(chunked ? "x-amz-decoded-content-length" : "content-length");
  return {
    md5: readContentMd5(request),
    sha256: sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined,
    algorithm,
    checksum: checksum === undefined ? undefined : decodeChecksum(algorithm, checksum),
    trailer: request.header("x-amz-trailer")?.trim().toLowerCase(),
    length: length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined,
    chunked,
  };
}

/** An object's length must be known before its bytes arrive. */
function requireLength(request: S3Request, claims: Claims): void {
  if (claims.length !== undefined || claims.chunked) return;
  if (request.header("transfer-encoding") !== undefined) {
    throw headerNotImplemented("Transfer-Encoding");
  }
  throw s3Error(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
}

function readContentMd5(request: S3Request): Buffer | undefined {
  const text = request.header("content-md5");
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== 16 || bytes.toString("base64") !== text) {
    throw s3Error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.", { "Content-MD5": text });
  }
  return bytes;
}

/** A checksum as a header, trailer or document gives it. */
export function decodeChecksum(algorithm: ChecksumAlgorithm, text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== CHECKSUM_BYTES[algorithm] || bytes.toString("base64") !== text) {
    throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
  return bytes;
}

function tooLarge(length: number, bytesMax: number): Error {
  return s3Error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
    ProposedSize: String(length),
    MaxSizeAllowed: String(bytesMax),
  });
}
