import assert from "node:assert/strict";
import type { RequestListener, Server } from "node:http";
import { connect, type Socket } from "node:net";
import { drain, listen, makeServer } from "../../../api/server.ts";
import { ConfigError } from "../../../config/environment.ts";
import { eventually } from "../../support/eventually.ts";

const PATIENCE = { headersMsMax: 200, requestMsMax: 400, checkMs: 20 };

describe("The API's server", () => {
  let server: Server;
  let port: number;
  const sockets: Socket[] = [];

  const start = async (listener: RequestListener) => {
    server = makeServer(listener, PATIENCE);
    port = await listen(server, "127.0.0.1", 0);
  };
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
    server.close();
  });

  /** A connection that says something, and what it hears until it ends. */
  const speak = (words: string): { socket: Socket; heard: Promise<string> } => {
    const socket = connect(port, "127.0.0.1", () => socket.write(words));
    sockets.push(socket);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("utf8");
    });
    return { socket, heard: new Promise((resolve, reject) => socket.once("close", () => resolve(text)).once("error", reject)) };
  };

  it("lets nobody hold a connection with headers that do not end", async () => {
    await start(() => assert.fail("It is no call."));

    const heard = await speak("GET / HTTP/1.1\r\nhost: a\r\nx-slow: ").heard;

    assertProblem(heard, 408);
  });

  it("lets nobody hold a connection with a body that does not end", async () => {
    await start((request) => request.on("error", () => {}).resume());

    const heard = await speak("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n{").heard;

    assertProblem(heard, 408);
  });

  for (const [what, words, status] of [
    ["a call that does not say whom it is for", "GET / HTTP/1.1\r\n\r\n", 400],
    ["whoever wants to be connected to another", "CONNECT other:80 HTTP/1.1\r\nhost: other:80\r\n\r\n", 405],
  ] as const)
    it(`refuses ${what} in the words of all problems`, async () => {
      await start(() => assert.fail("It is no call."));

      const heard = await speak(words).heard;

      assertProblem(heard, status);
      assert.equal(/^allow: GET, /m.test(heard), status === 405);
    });

  it("keeps no connection for whoever does not hang up, and outlives whoever does at once", async () => {
    // Prepare
    await start((_, response) => response.setHeader("connection", "close").end("answered"));
    const stubborn = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    sockets.push(stubborn.resume());

    // Act
    stubborn.write("CONNECT other:80 HTTP/1.1\r\nhost: other:80\r\n\r\n");
    await new Promise((resolve) => stubborn.once("end", resolve));
    const { socket } = speak("CONNECT other:80 HTTP/1.1\r\nhost: other:80\r\n\r\n");
    socket.once("ready", () => socket.resetAndDestroy());
    const heard = await speak("GET / HTTP/1.1\r\nhost: a\r\n\r\n").heard;

    // Assess
    assert.match(heard, /answered$/);
    const left = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    await eventually(async () => assert.equal(await left(), 0), 2_000);
  });

  it("takes a call of HTTP/1.0, which need not say whom it is for", async () => {
    await start((_, response) => response.end("answered"));

    const heard = await speak("GET / HTTP/1.0\r\n\r\n").heard;

    assert.match(heard, /answered$/);
  });

  for (const [what, words] of [
    ["headers", "GET / HTTP/1.1\r\nhost: a\r\nx-slow: "],
    ["a body", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n"],
    ["a body in chunks", "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"],
  ] as const)
    it(`lets nobody hold a connection with ${what} that come a little at a time`, async () => {
      // Prepare
      await start((request) => request.on("error", () => {}).resume());
      const { socket, heard } = speak(words);
      const trickle = setInterval(() => socket.write(what === "a body in chunks" ? "1\r\na\r\n" : "a"), 30);
      socket.once("data", () => clearInterval(trickle));

      // Act
      const text = await heard.finally(() => clearInterval(trickle));

      // Assess
      assertProblem(text, 408);
    });

  it("refuses a port that is in use in one sentence", async () => {
    await start(() => {});

    await assert.rejects(
      () =>
        listen(
          makeServer(() => {}),
          "127.0.0.1",
          port,
        ),
      (error) => error instanceof ConfigError && error.message.includes(`Port ${port} is in use`),
    );
  });

  it("has a call under way answered while it drains, and takes no new connection", async () => {
    // Prepare
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await start((_, response) => {
      reached.resolve();
      void gate.promise.then(() => response.setHeader("connection", "close").end("answered"));
    });
    const { heard } = speak("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await reached.promise;

    // Act
    const drained = drain(server, 10_000);
    const refused = await new Promise((resolve) =>
      connect(port, "127.0.0.1")
        .once("error", () => resolve(true))
        .once("connect", () => resolve(false)),
    );
    gate.resolve();
    await drained;

    // Assess
    assert.equal(refused, true);
    assert.match(await heard, /answered$/);
  });

  it("drains at once where connections are only kept open", async () => {
    await start((_, response) => response.end("answered"));
    const { socket, heard } = speak("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));

    await drain(server, 10_000);

    assert.match(await heard, /answered$/);
  });

  it("cuts off what does not end in time", async () => {
    const reached = Promise.withResolvers<void>();
    await start(() => reached.resolve());
    const { heard } = speak("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await reached.promise;

    await drain(server, 50);

    assert.equal(await heard.catch(() => ""), "");
  });
});

function assertProblem(heard: string, status: number): void {
  const [head = "", body = ""] = heard.split("\r\n\r\n");
  assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `));
  assert.match(head, /connection: close/);
  assert.match(head, /content-type: application\/problem\+json/);
  const problem = JSON.parse(body);
  assert.deepEqual([problem.status, typeof problem.requestId], [status, "string"]);
}
