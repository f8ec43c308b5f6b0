import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { type EmailSink, emailSink } from "../../worker/notifications/email.ts";
import { captureLog } from "../support/log.ts";
import { notification } from "../unit/worker/notifications/support/notification.ts";

interface Mail {
  readonly from: string;
  readonly recipients: readonly string[];
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const NEVER = new AbortController().signal;

describe("Notifications by e-mail, on a real SMTP server", () => {
  const mails: Mail[] = [];
  let refuse: Error | undefined;
  let connections = 0;
  let mostAtOnce = 0;
  let server: SMTPServer;
  let sink: EmailSink;

  beforeEach(async () => {
    mails.length = 0;
    refuse = undefined;
    mostAtOnce = connections = 0;
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onConnect: (_, callback) => {
        mostAtOnce = Math.max(mostAtOnce, ++connections);
        callback();
      },
      onClose: () => void connections--,
      onData: (stream, { envelope }, callback) => {
        void text(stream).then((raw) => {
          const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
          if (refuse === undefined) mails.push({ ...parse(raw), from, recipients: envelope.rcptTo.map(({ address }) => address) });
          callback(refuse);
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    sink = sinkTo(portOf(server.server));
  });
  afterEach(async () => {
    await sink.close();
    await new Promise<void>((resolve) => server.close(resolve));
  });

  const sinkTo = (port: number, connectMsMax?: number) =>
    emailSink(
      { smtpUrl: `smtp://127.0.0.1:${port}`, from: "milepost@example.org", to: "ops@example.org" },
      captureLog().logger,
      connectMsMax,
    );

  it("go out as plain text, from the sender, to whoever looks after all", async () => {
    // Act
    await sink.send(notification(), NEVER);

    // Assess
    const [mail] = mails;
    assert.deepEqual([mail?.from, mail?.recipients], ["milepost@example.org", ["ops@example.org"]]);
    assert.match(mail?.headers.get("content-type") ?? "", /^text\/plain/);
    assert.equal(mail?.headers.get("subject"), "A product was created");
    assert.equal(mail?.headers.get("x-milepost-id"), "p1-1");
    assert.equal(mail?.body.trim(), "Laptop, 1299.99.\r\nIn two lines.");
  });

  it("go to the recipient they have instead", async () => {
    await sink.send(notification({ to: "customer@example.com" }), NEVER);

    assert.deepEqual(mails[0]?.recipients, ["customer@example.com"]);
  });

  it("have the same Message-ID when they come again, and another one otherwise", async () => {
    for (const id of ["p1-1", "p1-1", "p1-2", "no name for a header\r\n"]) await sink.send(notification({ id }), NEVER);

    const ids = mails.map(({ headers }) => headers.get("message-id"));
    assert.deepEqual(ids.slice(0, 3), ["<products.p1-1@example.org>", "<products.p1-1@example.org>", "<products.p1-2@example.org>"]);
    assert.match(ids[3] ?? "", /^<[0-9a-f]{64}@example\.org>$/);
  });

  it("take nothing from a subject or a recipient for a header or a further recipient", async () => {
    // Prepare
    const subject = "Laptop\r\nBcc: thief@example.net\r\n\r\nanother body\u2028Cc: thief@example.net";

    // Act
    await sink.send(notification({ subject }), NEVER);
    for (const to of ["a@example.com, thief@example.net", "a@example.com\r\nRCPT TO:<thief@example.net>", "<thief@example.net>", ""])
      await sink.send(notification({ to }), NEVER);

    // Assess
    assert.equal(mails[0]?.headers.has("bcc") || mails[0]?.headers.has("cc"), false);
    assert.match(mails[0]?.headers.get("subject") ?? "", /^Laptop Bcc: /);
    for (const mail of mails) assert.deepEqual(mail.recipients, ["ops@example.org"]);
  });

  it("are left out, with a line for who looks closely, where nobody is to get them", async () => {
    const log = captureLog();
    const silent = emailSink({ smtpUrl: "smtp://127.0.0.1:1", from: "m@example.org", to: undefined }, log.logger);

    await silent.send(notification(), NEVER);

    assert.deepEqual(
      log.lines.map(({ level, id }) => [level, id]),
      [[20, "p1-1"]],
    );
  });

  it("share few connections", async () => {
    await Promise.all(Array.from({ length: 12 }, (_, index) => sink.send(notification({ id: `p${index}` }), NEVER)));

    assert.equal(mails.length, 12);
    assert.ok(mostAtOnce <= 2, `${mostAtOnce} connections`);
  });

  it("fail where the server refuses, and go out by the same sink when it does not any more", async () => {
    refuse = new Error("mailbox is full");
    await assert.rejects(sink.send(notification(), NEVER), /mailbox is full/);
    refuse = undefined;

    await sink.send(notification(), NEVER);

    assert.equal(mails.length, 1);
  });

  it("fail where nobody listens, without a word of the password", async () => {
    const deaf = emailSink(
      { smtpUrl: "smtp://user:hunter2@127.0.0.1:1", from: "m@example.org", to: "ops@example.org" },
      captureLog().logger,
    );

    await assert.rejects(deaf.send(notification(), NEVER), (error) => error instanceof Error && !String(error.stack).includes("hunter2"));
  });

  it("fail in time where a server says nothing", async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    try {
      await assert.rejects(sinkTo(portOf(mute), 200).send(notification(), NEVER), /Greeting never received/);
    } finally {
      for (const socket of sockets) socket.destroy();
      mute.close();
    }
  });
});

function portOf(listening: Pick<Server, "address">): number {
  const bound = listening.address();
  if (bound === null || typeof bound === "string") throw new Error("The server has no port.");
  return bound.port;
}

function parse(raw: string): Pick<Mail, "headers" | "body"> {
  const end = raw.indexOf("\r\n\r\n");
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]));
  return { headers, body: raw.slice(end + 4) };
}
