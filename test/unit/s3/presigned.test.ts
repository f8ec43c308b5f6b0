import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { AwsError } from "../../../local/errors.ts";
import { authorize } from "../../../local/s3/presigned.ts";
import type { S3Request } from "../../../local/s3/request.ts";
import { NOW, requestFor } from "./harness.ts";

const SECRET = "the secret";

function client(options: { forcePathStyle?: boolean; secret?: string } = {}): S3Client {
  return new S3Client({
    endpoint: "http://localhost:4566",
    region: "eu-central-1",
    credentials: { accessKeyId: "anyone", secretAccessKey: options.secret ?? SECRET },
    forcePathStyle: options.forcePathStyle ?? true,
  });
}

function sign(key = "reports/März 1+2 (a)*.txt", expiresIn = 60, s3 = client()): Promise<string> {
  return getSignedUrl(s3, new GetObjectCommand({ Bucket: "papers", Key: key }), { expiresIn, signingDate: new Date(NOW) });
}

function received(address: string, parts: { method?: string; headers?: Record<string, string>; now?: number } = {}): S3Request {
  const url = new URL(address);
  return requestFor(url.pathname + url.search, { ...parts, headers: { host: url.host, ...parts.headers } });
}

function refusal(request: S3Request): AwsError {
  try {
    authorize(request, SECRET);
  } catch (error) {
    assert.ok(error instanceof AwsError);
    return error;
  }
  throw new Error("The request was not refused.");
}

describe("authorize, a signature of version 4 in the address", () => {
  it("accepts what the SDK signs, in path style and by virtual host", async () => {
    authorize(received(await sign()), SECRET);
    authorize(received(await sign("a/b", 60, client({ forcePathStyle: false }))), SECRET);
  });

  it("accepts a signed put with its signed headers", async () => {
    // Prepare
    const command = new PutObjectCommand({ Bucket: "papers", Key: "a", ContentType: "text/plain", Metadata: { by: "me" } });
    const options = { expiresIn: 60, signingDate: new Date(NOW), signableHeaders: new Set(["content-type", "host"]) };
    const address = await getSignedUrl(client(), command, options);
    // Act and assess
    authorize(received(address, { method: "PUT", headers: { "content-type": "text/plain" } }), SECRET);
    const other = received(address, { method: "PUT", headers: { "content-type": "text/html" } });
    assert.equal(refusal(other).code, "SignatureDoesNotMatch");
  });

  it("refuses a signature by another secret, for another key, method or query", async () => {
    const address = await sign("a");
    const other = await sign("a", 60, client({ secret: "another" }));
    for (const request of [
      received(other),
      received(address.replace("/papers/a", "/papers/b")),
      received(address, { method: "PUT" }),
      received(`${address}&response-content-type=text/html`),
    ]) {
      const error = refusal(request);
      assert.equal(error.code, "SignatureDoesNotMatch");
      assert.equal(error.status, 403);
      assert.equal(error.members.AWSAccessKeyId, "anyone");
    }
  });

  it("holds until the second it expires", async () => {
    // Prepare
    const address = await sign("a", 60);
    // Act and assess
    authorize(received(address, { now: NOW + 60_000 }), SECRET);
    const error = refusal(received(address, { now: NOW + 61_000 }));
    assert.deepEqual([error.status, error.code, error.message], [403, "AccessDenied", "Request has expired"]);
    assert.deepEqual(error.members, { "X-Amz-Expires": "60", Expires: "2026-01-02T03:05:05Z", ServerTime: "2026-01-02T03:05:06Z" });
  });

  it("refuses one from the future, but for a clock's error", async () => {
    const address = await sign("a");
    authorize(received(address, { now: NOW - 10 * 60_000 }), SECRET);
    assert.equal(refusal(received(address, { now: NOW - 20 * 60_000 })).message, "Request is not yet valid");
  });

  it("refuses headers that would change the request and are not signed", async () => {
    const error = refusal(received(await sign("a"), { headers: { "x-amz-meta-by": "me", "x-amz-acl": "private" } }));
    assert.deepEqual([error.status, error.code], [403, "AccessDenied"]);
    assert.deepEqual(error.members, { HeadersNotSigned: "x-amz-meta-by, x-amz-acl" });
  });

  it("refuses malformed parameters and says which", async () => {
    const address = await sign("a");
    for (const [from, to, message] of [
      [/&X-Amz-Date=[^&]*/, "", /requires the X-Amz-Algorithm/],
      [/X-Amz-Algorithm=[^&]*/, "X-Amz-Algorithm=HMAC", /only supports "AWS4-HMAC-SHA256/],
      [/X-Amz-Credential=[^&]*/, "X-Amz-Credential=me", /the Credential is mal-formed/],
      [/X-Amz-Date=[^&]*/, "X-Amz-Date=today", /ISO8601 Long Format/],
      [/X-Amz-Expires=\d+/, "X-Amz-Expires=soon", /should be a number/],
      [/X-Amz-Expires=\d+/, "X-Amz-Expires=-1", /must be non-negative/],
      [/X-Amz-Expires=\d+/, "X-Amz-Expires=604801", /less than a week/],
    ] as const) {
      const error = refusal(received(address.replace(from, to)));
      assert.deepEqual([error.status, error.code], [400, "AuthorizationQueryParametersError"]);
      assert.match(error.message, message);
    }
  });
});

describe("authorize, a signature of version 2 in the address", () => {
  const expires = NOW / 1000 + 60;

  function signV2(resource: string, headers = ""): string {
    const signature = createHmac("sha1", SECRET).update(`GET\n\n\n${expires}\n${headers}${resource}`).digest("base64");
    return `AWSAccessKeyId=anyone&Expires=${expires}&Signature=${encodeURIComponent(signature)}`;
  }

  it("accepts it in path style, by virtual host, and with sub-resources and a session's token", () => {
    authorize(requestFor(`/papers/a%20b?${signV2("/papers/a%20b")}`), SECRET);
    authorize(requestFor(`/a?${signV2("/papers/a")}`, { headers: { host: "papers.localhost:4566" } }), SECRET);
    const disposition = "response-content-disposition=attachment; filename=a.txt";
    authorize(requestFor(`/papers/a?${signV2(`/papers/a?${disposition}`)}&${disposition.replaceAll(" ", "%20")}`), SECRET);
    authorize(requestFor(`/papers/a?x-amz-security-token=t&${signV2("/papers/a", "x-amz-security-token:t\n")}`), SECRET);
  });

  it("refuses a wrong signature, an expired one and one without all parameters", () => {
    const query = signV2("/papers/a");
    assert.equal(refusal(requestFor(`/papers/b?${query}`)).code, "SignatureDoesNotMatch");
    assert.equal(refusal(requestFor(`/papers/a?${query}`, { now: NOW + 61_000 })).message, "Request has expired");
    assert.match(refusal(requestFor("/papers/a?AWSAccessKeyId=anyone")).message, /requires the Signature, Expires and AWSAccessKeyId/);
  });
});

describe("authorize, no signature in the address", () => {
  it("takes a request that is signed in its headers as its caller's", () => {
    authorize(
      requestFor("/papers/a", { headers: { authorization: "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request" } }),
      SECRET,
    );
  });

  it("refuses a request without credentials, and one with other credentials than AWS's", () => {
    const error = refusal(requestFor("/papers/a"));
    assert.deepEqual([error.status, error.code, error.message], [403, "AccessDenied", "Access Denied"]);
    assert.equal(refusal(requestFor("/papers/a", { headers: { authorization: "Basic YTpi" } })).message, "Unsupported Authorization Type");
  });
});
