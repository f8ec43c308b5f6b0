import assert from "node:assert/strict";
import { CreateBucketCommand, DeleteBucketCommand, DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { API_LIMITS, makeClients } from "../../config/clients.ts";
import { readSettings } from "../../config/settings.ts";
import { endpointKind, endpointUrl, uniqueName } from "./support/endpoint.ts";

describe("A process's client of S3", () => {
  for (const embedded of [false, true]) {
    it(`puts, gets and deletes objects${embedded ? ", unsigned on Milepost's own endpoint" : ""}`, async function () {
      if (embedded && endpointKind() !== "milepost") this.skip();
      // Prepare
      const clients = makeClients({ ...readSettings({ AWS_ENDPOINT_URL: endpointUrl() }), embedded }, API_LIMITS);
      const Bucket = uniqueName("results");
      const object = { Bucket, Key: "invoices/a b+ü.json" };
      try {
        // Act
        await clients.s3.send(new CreateBucketCommand({ Bucket }));
        await clients.s3.send(new PutObjectCommand({ ...object, Body: '{"total":1}', ContentType: "application/json" }));
        const { Body, ContentType } = await clients.s3.send(new GetObjectCommand(object));
        // Assess
        assert.equal(await Body?.transformToString(), '{"total":1}');
        assert.equal(ContentType, "application/json");
        await clients.s3.send(new DeleteObjectCommand(object));
        await clients.s3.send(new DeleteBucketCommand({ Bucket }));
      } finally {
        clients.destroy();
      }
    });
  }
});
