import { createHmac, hash } from "node:crypto";
import { isoSeconds } from "../iso-seconds.ts";
import { sameText } from "../same-text.ts";
import { accessDenied, notImplemented, s3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";

const WEEK_S = 604_800;
/** How far a signer's clock may be ahead of ours. */
const SKEW_MS = 15 * 60_000;
const MISMATCH = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";

/**
 * Who may ask. An address with a signature is verified, because handing out such addresses is the point of them. A request
 * signed in its headers is taken as its caller's, without verification: on loopback there is one user. A request without
 * any credentials is refused, as private buckets refuse it.
 */
export function authorize(request: S3Request, secret: string): void {
  const { query } = request;
  if (["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"].some((name) => query.has(name))) verifyV4(request, secret);
  else if (query.has("AWSAccessKeyId") || query.has("Signature")) verifyV2(request, secret);
  else if (isForm(request)) throw notImplemented("uploads by a browser's form (POST Object)");
  else if (request.header("authorization") === undefined) throw accessDenied();
  else if (!/^AWS/.test(request.header("authorization") ?? "")) throw s3Error(400, "InvalidArgument", "Unsupported Authorization Type");
}

/** A form has its credentials among its fields. */
function isForm(request: S3Request): boolean {
  return request.method === "POST" && request.header("content-type")?.startsWith("multipart/form-data") === true;
}

interface V4Parameters {
  readonly accessKey: string;
  /** `<date>/<region>/<service>/aws4_request`. */
  readonly scope: string;
  readonly date: string;
  readonly expires: number;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function verifyV4(request: S3Request, secret: string): void {
  const parameters = readV4(request);
  const issued = Date.parse(parameters.date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (issued > request.now + SKEW_MS) throw accessDenied("Request is not yet valid");
  const end = issued + parameters.expires * 1000;
  if (request.now > end) {
    throw accessDenied("Request has expired", {
      "X-Amz-Expires": String(parameters.expires),
      Expires: isoSeconds(end),
      ServerTime: isoSeconds(request.now),
    });
  }
  refuseUnsignedHeaders(request, parameters.signedHeaders);
  const canonical = canonicalRequest(request, parameters.signedHeaders);
  const toSign = ["AWS4-HMAC-SHA256", parameters.date, parameters.scope, hash("sha256", canonical)].join("\n");
  const key = parameters.scope.split("/").reduce<string | Buffer>((last, piece) => hmac("sha256", last, piece), `AWS4${secret}`);
  if (sameText(hmac("sha256", key, toSign).toString("hex"), parameters.signature)) return;
  throw mismatch(parameters.accessKey, parameters.signature, toSign, {
    CanonicalRequest: canonical,
    CanonicalRequestBytes: bytesOf(canonical),
  });
}

function readV4({ query }: S3Request): V4Parameters {
  const read = (name: string) => {
    const value = query.get(name);
    if (value !== undefined) return value;
    throw malformed(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  };
  const [algorithm, credential, signature] = [read("X-Amz-Algorithm"), read("X-Amz-Credential"), read("X-Amz-Signature")];
  const [date, signedHeaders, expires] = [read("X-Amz-Date"), read("X-Amz-SignedHeaders"), read("X-Amz-Expires")];
  if (algorithm !== "AWS4-HMAC-SHA256") throw malformed('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"');
  const [, accessKey, scope] = /^(.+?)\/(\d{8}\/[\w-]+\/s3\/aws4_request)$/.exec(credential) ?? [];
  if (accessKey === undefined || scope === undefined) {
    throw malformed(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  if (!/^\d{8}T\d{6}Z$/.test(date)) throw malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  if (!scope.startsWith(date.slice(0, 8)))
    throw malformed(`Invalid credential date "${scope.slice(0, 8)}". This date is not the same as X-Amz-Date: "${date.slice(0, 8)}".`);
  if (!/^-?\d{1,12}$/.test(expires)) throw malformed("X-Amz-Expires should be a number");
  if (Number(expires) < 0) throw malformed("X-Amz-Expires must be non-negative");
  if (Number(expires) > WEEK_S) {
    throw malformed(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
    );
  }
  return { accessKey, scope, date, expires: Number(expires), signedHeaders: signedHeaders.split(";"), signature };
}

/** A header that could change what the request does must be under the signature. */
function refuseUnsignedHeaders(request: S3Request, signedHeaders: readonly string[]): void {
  const unsigned = Object.keys(request.sentHeaders).filter(
    (name) => name.startsWith("x-amz-") && name !== "x-amz-content-sha256" && !signedHeaders.includes(name),
  );
  if (unsigned.length === 0) return;
  throw accessDenied("There were headers present in the request which were not signed", { HeadersNotSigned: unsigned.join(", ") });
}

function canonicalRequest(request: S3Request, signedHeaders: readonly string[]): string {
  const query = [...request.query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encodeStrictly(name), encodeStrictly(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const headers = signedHeaders.map((name) => `${name}:${sentHeader(request, name).trim().replace(/ +/g, " ")}\n`).join("");
  const payload = request.header("x-amz-content-sha256") ?? request.query.get("X-Amz-Content-Sha256") ?? "UNSIGNED-PAYLOAD";
  return [request.method, canonicalPath(request.rawPath), query, headers, signedHeaders.join(";"), payload].join("\n");
}

/** A header as it was sent: what the address carries in a header's stead is signed as part of the address. */
function sentHeader(request: S3Request, name: string): string {
  const value = request.sentHeaders[name];
  return Array.isArray(value) ? value.join(",") : (value ?? "");
}

/** S3 signs the path encoded once, and clients differ in what they leave unencoded. */
function canonicalPath(rawPath: string): string {
  return rawPath
    .split("/")
    .map((segment) => encodeStrictly(decodeURIComponent(segment)))
    .join("/");
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

const V2_SUBRESOURCES = new Set(
  [
    "accelerate",
    "acl",
    "cors",
    "delete",
    "lifecycle",
    "location",
    "logging",
    "notification",
    "partNumber",
    "policy",
    "requestPayment",
  ].concat(
    ["restore", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website"],
    ["cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires"].map(
      (name) => `response-${name}`,
    ),
  ),
);

/** The older signature, with which boto3 and the AWS CLI sign addresses unless told otherwise. */
function verifyV2(request: S3Request, secret: string): void {
  const accessKey = request.query.get("AWSAccessKeyId");
  const signature = request.query.get("Signature");
  const expires = request.query.get("Expires");
  if (accessKey === undefined || signature === undefined || expires === undefined) {
    throw accessDenied("Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters");
  }
  if (!/^\d{1,12}$/.test(expires)) throw accessDenied(`Invalid date (should be seconds since epoch): ${expires}`);
  if (request.now > Number(expires) * 1000) {
    throw accessDenied("Request has expired", { Expires: isoSeconds(Number(expires) * 1000), ServerTime: isoSeconds(request.now) });
  }
  const toSign = stringToSignV2(request, expires);
  if (sameText(hmac("sha1", secret, toSign).toString("base64"), signature)) return;
  throw mismatch(accessKey, signature, toSign, {});
}

function stringToSignV2(request: S3Request, expires: string): string {
  const either = (name: string) => request.header(name) ?? request.query.get(name) ?? "";
  const names = [...Object.keys(request.sentHeaders), ...[...request.query.keys()].map((name) => name.toLowerCase())];
  const amz = [...new Set(names)].filter((name) => name.startsWith("x-amz-")).sort();
  const subresources = [...request.query]
    .filter(([name]) => V2_SUBRESOURCES.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  const path = request.virtualHost ? `/${request.bucket ?? ""}${request.rawPath}` : request.rawPath;
  const resource = subresources.length === 0 ? path : `${path}?${subresources.join("&")}`;
  const lines = [
    request.method,
    either("content-md5"),
    either("content-type"),
    expires,
    ...amz.map((name) => `${name}:${either(name).trim()}`),
  ];
  return [...lines, resource].join("\n");
}

/** What was signed here, so that a caller can find where its own calculation differs. */
function mismatch(accessKey: string, signature: string, toSign: string, more: Record<string, string>): Error {
  return s3Error(403, "SignatureDoesNotMatch", MISMATCH, {
    AWSAccessKeyId: accessKey,
    StringToSign: toSign,
    SignatureProvided: signature,
    StringToSignBytes: bytesOf(toSign),
    ...more,
  });
}

function bytesOf(text: string): string {
  return Buffer.from(text)
    .toString("hex")
    .replace(/..(?=.)/g, "$& ");
}

function malformed(message: string): Error {
  return s3Error(400, "AuthorizationQueryParametersError", message);
}

function hmac(algorithm: "sha1" | "sha256", key: string | Buffer, text: string): Buffer {
  return createHmac(algorithm, key).update(text).digest();
}
