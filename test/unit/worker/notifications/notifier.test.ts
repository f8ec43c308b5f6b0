import assert from "node:assert/strict";
import { makeNotifier, notifierOf, type Sink } from "../../../../worker/notifications/notification.ts";
import { captureLog } from "../../../support/log.ts";
import { notification } from "./support/notification.ts";

const working = (sent: string[], name = "working"): Sink => ({ name, send: async ({ id }) => void sent.push(id) });
const failing = (name: string, reason: string): Sink => ({ name, send: () => Promise.reject(new Error(reason)) });

describe("A notifier", () => {
  it("writes one line to the log, with what happened and its id", async () => {
    // Prepare
    const log = captureLog();

    // Act
    await makeNotifier({ notify: { email: undefined, webhook: undefined } }, log.logger)(notification());

    // Assess
    assert.deepEqual(log.messages, ["notified type=product.created id=p1-1"]);
  });

  it("tells by every way, and fails naming those that did not work", async () => {
    const sent: string[] = [];
    const sinks = [failing("email", "421 busy"), working(sent), failing("webhook", "the answer was 400")];

    await assert.rejects(notifierOf(sinks, captureLog().logger)(notification()), {
      name: "NotDelivered",
      message: "The notification p1-1 was not delivered by email: 421 busy; by webhook: the answer was 400",
    });
    assert.deepEqual(sent, ["p1-1"]);
  });

  it("waits no longer than its limit for one that hangs, and tells it so", async () => {
    let told: AbortSignal | undefined;
    const hanging: Sink = {
      name: "slow",
      send: (_, signal) => {
        told = signal;
        return new Promise(() => {});
      },
    };

    await assert.rejects(notifierOf([hanging], captureLog().logger, 20)(notification()), /by slow: no answer within 20 ms$/);
    assert.equal(told?.aborted, true);
  });

  it("writes nothing of a notification's text, recipient or data to the log", async () => {
    const log = captureLog();

    await notifierOf([], log.logger)(notification({ text: "secret-text", to: "secret@example.org", data: { secret: "secret-data" } }));

    assert.ok(!JSON.stringify(log.lines).includes("secret"));
  });
});
