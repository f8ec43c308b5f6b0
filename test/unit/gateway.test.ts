import assert from "node:assert/strict";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createGateway } from "../../local/gateway.ts";
import type { Service } from "../../local/service.ts";
import { createSts } from "../../local/sts.ts";

const SILENCE_MS = 100;

/** Answers after several silences, as a long poll does. */
const SLOW: Service = {
  name: "slow",
  target: "Slow",
  json: "1.0",
  query: undefined,
  operations: new Map([["Wait", () => new Promise((resolve) => setTimeout(() => resolve({ waited: true }), 4 * SILENCE_MS))]]),
};

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

describe("createGateway", () => {
  const coverage = { version: "0", startedAt: "", directory: "", services: {} };
  const s3 = {
    handle: async (request: IncomingMessage, response: ServerResponse) => {
      request.resume();
      response.end(`S3 ${request.url}`);
    },
  };
  const server = createGateway([SLOW, createSts()], s3, coverage, SILENCE_MS);
  let port = 0;

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  function send(method: string, path: string, headers: OutgoingHttpHeaders = {}, body = ""): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({ host: "127.0.0.1", port, method, path, headers, agent: false }, async (response) => {
        let text = "";
        for await (const chunk of response) text += String(chunk);
        resolve({ status: response.statusCode, body: text });
      });
      request.on("error", reject);
      request.end(body);
    });
  }

  async function opened(text: string): Promise<Socket> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.on("error", () => undefined);
    socket.resume();
    socket.write(text);
    return socket;
  }

  const form = { "content-type": "application/x-www-form-urlencoded" };

  it("refuses a form without an action as what it is", async () => {
    // Act
    const answer = await send("POST", "/", form, "Version=2012-11-05&QueueName=q");
    // Assess
    assert.equal(answer.status, 400);
    assert.match(answer.body, /<Code>MissingAction<\/Code>/);
  });

  it("refuses a parameter whose name nests deeper than any of AWS's, in the query protocol's shape", async () => {
    // Prepare
    const body = `Action=GetCallerIdentity&Version=2011-06-15&A${".1".repeat(5000)}=x`;
    // Act
    const answer = await send("POST", "/", form, body);
    // Assess
    assert.equal(answer.status, 400);
    assert.match(answer.body, /<Code>MalformedQueryString<\/Code>/);
  });

  it("refuses a form that is too large with a status of the caller's fault", async () => {
    const answer = await send("POST", "/", form, `Action=GetCallerIdentity&Version=2011-06-15&A=${"x".repeat(21 * 1024 * 1024)}`);
    assert.equal(answer.status, 413);
    assert.match(answer.body, /<Code>RequestEntityTooLarge<\/Code>/);
  });

  it("refuses a form of no service it has in XML", async () => {
    const answer = await send("POST", "/", form, "Action=Publish&Version=2010-03-31");
    assert.equal(answer.status, 400);
    assert.match(answer.body, /<Code>UnknownOperationException<\/Code>/);
  });

  it("takes no form and no address of the query protocol from a page of another site", async () => {
    // Prepare
    const call = "Action=GetCallerIdentity&Version=2011-06-15";
    // Act
    const answers = await Promise.all([
      send("POST", "/", { ...form, origin: "https://evil.example" }, call),
      send("POST", "/", { ...form, origin: "null" }, call),
      send("POST", "/", { ...form, origin: "http://127.0.0.1.evil.example" }, call),
      send("GET", `/?${call}`, { "sec-fetch-site": "cross-site" }),
    ]);
    // Assess
    assert.deepEqual(
      answers.map(({ status }) => status),
      [403, 403, 403, 403],
    );
    assert.match(answers[0]?.body ?? "", /from pages of "https:\/\/evil\.example"/);
  });

  it("takes them from clients, from pages of this machine, and from the address bar", async () => {
    // Prepare
    const call = "Action=GetCallerIdentity&Version=2011-06-15";
    // Act
    const answers = await Promise.all([
      send("POST", "/", form, call),
      send("POST", "/", { ...form, origin: "http://localhost:3000", "sec-fetch-site": "cross-site" }, call),
      send("GET", `/?${call}`, { "sec-fetch-site": "none" }),
      send("GET", "/bucket/key?X-Amz-Signature=s", { "sec-fetch-site": "cross-site" }),
    ]);
    // Assess
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
  });

  it("hands an object to S3 that curl calls a form", async () => {
    const answer = await send("PUT", "/bucket/key", form, "Action=GetCallerIdentity");
    assert.deepEqual(answer, { status: 200, body: "S3 /bucket/key" });
  });

  it("takes a path that begins with two slashes as a path", async () => {
    for (const path of ["//", "//bucket/key", "//[", "/%"]) {
      assert.deepEqual(await send("PUT", path), { status: 200, body: `S3 ${path}` });
    }
  });

  it("refuses a target that is no address", async () => {
    const answer = await send("PUT", "http://[", { host: "localhost" });
    assert.equal(answer.status, 400);
  });

  it("closes a connection whose request's body stands still", async () => {
    // Prepare
    const head = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Slow.Wait\r\nContent-Length: 100\r\n\r\n";
    // Act
    const socket = await opened(`${head}{`);
    // Assess: without the limit this never comes.
    await once(socket, "close");
  });

  it("closes a connection whose request's headers stand still", async () => {
    const socket = await opened("POST / HTTP/1.1\r\nHost: loc");
    await once(socket, "close");
  });

  it("waits for a service that takes longer than a caller may be silent", async () => {
    const answer = await send("POST", "/", { "x-amz-target": "Slow.Wait" }, "{}");
    assert.deepEqual(answer, { status: 200, body: JSON.stringify({ waited: true }) });
  });
});
