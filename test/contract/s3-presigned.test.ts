import assert from "node:assert/strict";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { makeClients } from "../support/clients.ts";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws, endpointUrl } from "./support/endpoint.ts";
import { newBucket, put } from "./support/s3.ts";

describe("S3 presigned addresses", () => {
  let Bucket: string;
  before(async () => {
    Bucket = await newBucket();
    await put(Bucket, "report ü.txt", "content");
  });

  const signGet = (options: object = {}, more: object = {}, s3: S3Client = aws().s3) =>
    getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "report ü.txt", ...more }), { expiresIn: 60, ...options });
  const refusal = async (answer: Response) => [answer.status, /<Code>(.*?)<\/Code>/.exec(await answer.text())?.[1]];

  /** `served` is what an endpoint answers that does not look at the signature. */
  async function refusedForSignature(answer: Response, served: number): Promise<void> {
    const refused = await refusal(answer);
    await awsExpects(
      () => assert.deepEqual(refused, [403, "SignatureDoesNotMatch"]),
      whereLocalStack("signatures-are-not-checked", () => assert.equal(refused[0], served)),
    );
  }

  it("whoever has the address reads the object, with the headers the address says", async () => {
    const address = await signGet({}, { ResponseContentDisposition: "attachment; filename=a.txt" });
    const answer = await fetch(address);
    assert.equal(await answer.text(), "content");
    assert.equal(answer.headers.get("content-disposition"), "attachment; filename=a.txt");
    const part = await fetch(address, { headers: { range: "bytes=3-" } });
    assert.deepEqual([part.status, await part.text()], [206, "tent"]);
  });

  it("whoever has the address writes the object, with the signed headers only and the metadata the address says", async () => {
    const command = new PutObjectCommand({ Bucket, Key: "upload", ContentType: "text/csv", Metadata: { by: "me" } });
    const address = await getSignedUrl(aws().s3, command, { expiresIn: 60, signableHeaders: new Set(["content-type"]) });
    const send = (type: string) => fetch(address, { method: "PUT", body: "a,b", headers: { "content-type": type } });
    await refusedForSignature(await send("text/html"), 200);
    assert.equal((await send("text/csv")).status, 200);
    const { ContentType, Metadata, Body } = await aws().s3.send(new GetObjectCommand({ Bucket, Key: "upload" }));
    assert.deepEqual([ContentType, await Body?.transformToString(), Metadata], ["text/csv", "a,b", { by: "me" }]);
  });

  it("an address past its time is refused", async () => {
    const address = await signGet({ signingDate: new Date(Date.now() - 120_000) });
    const answer = await fetch(address);
    const body = await answer.text();
    await awsExpects(
      () => {
        assert.equal(answer.status, 403);
        assert.match(body, /<Code>AccessDenied<\/Code><Message>Request has expired<\/Message>/);
      },
      whereLocalStack("signatures-are-not-checked", () => assert.equal(answer.status, 200)),
    );
  });

  it("an address that was tampered with, or signed by another secret, is refused", async () => {
    const address = await signGet();
    await refusedForSignature(await fetch(address.replace("report", "secret")), 404);
    const { s3 } = makeClients(endpointUrl());
    s3.config.credentials = async () => ({ accessKeyId: "test", secretAccessKey: "wrong" });
    await refusedForSignature(await fetch(await signGet({}, {}, s3)), 200);
    s3.destroy();
  });

  it("an address without one of its parameters is malformed", async () => {
    const address = (await signGet()).replace(/&X-Amz-Signature=[^&]*/, "");
    assert.deepEqual(await refusal(await fetch(address)), [400, "AuthorizationQueryParametersError"]);
  });
});
