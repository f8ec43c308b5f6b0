/**
 * Notifications by e-mail, as plain text.
 *
 * - The Message-ID follows from the notification's id, so a mail that comes twice can be told as one.
 * - What a record's author wrote cannot become a header or a further recipient: a subject is one line, and a recipient that
 *   is not one address is none.
 * - A server that repeats the password it refuses does not bring it into logs and failures.
 * - Few connections are kept, and none for long; more mails than those wait their turn.
 */
import { hash } from "node:crypto";
import type { Transporter } from "nodemailer";
import type { Logger } from "../../config/logger.ts";
import { maskerOf, passwordsIn } from "../../config/masking.ts";
import { type EmailSettings, isEmailAddress } from "../../config/notify.ts";
import { reasonOf } from "../reasons.ts";
import type { Notification, Sink } from "./notification.ts";

export interface EmailSink extends Sink {
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 2;
const CONNECT_MS_MAX = 5_000;
const SILENCE_MS_MAX = 10_000;
const IDLE_MS_MAX = 30_000;
const SUBJECT_LENGTH_MAX = 200;

export function emailSink({ smtpUrl, from, to }: EmailSettings, logger: Logger, connectMsMax = CONNECT_MS_MAX): EmailSink {
  const mask = maskerOf(passwordsIn(smtpUrl));
  let transporter: Promise<Pick<Transporter, "sendMail" | "close">> | undefined;
  return {
    name: "email",
    send: async (notification) => {
      const recipient = recipientOf(notification) ?? to;
      if (recipient === undefined) {
        logger.debug({ id: notification.id }, "no e-mail: the notification has no recipient, and NOTIFY_TO is not set");
        return;
      }
      transporter ??= connect(smtpUrl, connectMsMax);
      const mail = {
        from,
        to: { name: "", address: recipient },
        messageId: messageIdOf(notification, from),
        date: notification.at,
        subject: oneLine(notification.subject),
        text: notification.text,
        headers: { "X-Milepost-Id": oneLine(notification.id), "Auto-Submitted": "auto-generated" },
        disableFileAccess: true,
        disableUrlAccess: true,
      };
      try {
        await (await transporter).sendMail(mail);
      } catch (error) {
        throw new Error(mask(reasonOf(error)));
      }
    },
    close: async () => (await transporter)?.close(),
  };
}

/** The library is loaded when there is something to send, since most workers send no mail. */
async function connect(url: string, connectMsMax: number): Promise<Pick<Transporter, "sendMail" | "close">> {
  const { createTransport } = await import("nodemailer");
  return createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    connectionTimeout: connectMsMax,
    greetingTimeout: connectMsMax,
    socketTimeout: SILENCE_MS_MAX,
    ...{ idleTimeout: IDLE_MS_MAX, maxRequeues: 1 },
  });
}

function recipientOf({ to }: Notification): string | undefined {
  return to !== undefined && isEmailAddress(to) ? to : undefined;
}

const ID = /^[A-Za-z0-9_.-]{1,120}$/;

function messageIdOf({ kind, id }: Notification, from: string): string {
  const name = `${kind}.${id}`;
  const local = ID.test(name) ? name : hash("sha256", name, "hex");
  return `<${local}@${from.slice(from.lastIndexOf("@") + 1)}>`;
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()
    .slice(0, SUBJECT_LENGTH_MAX);
}
