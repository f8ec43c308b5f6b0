import assert from "node:assert/strict";
import { login, startApi } from "./support/api.ts";
import { newOrdersGround } from "./support/orders.ts";

describe("Dead letters of orders", function () {
  this.timeout(30_000);

  it("are counted to every user in the one queue that all three share, and shown to the administrator alone", async () => {
    // Prepare
    const ground = await newOrdersGround();
    const api = await startApi(ground);
    const headers = await login(api, "test-user");

    // Act
    const [stats, failures, nobody] = [
      await api.call("GET", "/dlq/stats", { headers }),
      await api.call("GET", "/dlq/failures", { headers }),
      await api.call("GET", "/dlq/stats"),
    ];
    await api.stop();
    await ground.drop();

    // Assess
    const nameOf = (url: string) => url.split("/").at(-1);
    const { outputs } = ground;
    const sources = [outputs.sqs_queue_url, outputs.task_queue_url, outputs.notification_queue_url].map(nameOf);
    assert.deepEqual(stats.body, { queues: [{ queue: nameOf(outputs.task_dlq_url), messages: 0, inFlight: 0, sources }] });
    assert.deepEqual([failures.status, nobody.status], [403, 401]);
  });
});
