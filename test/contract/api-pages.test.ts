import assert from "node:assert/strict";
import { startApi, type TestApi } from "./support/api.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

describe("The pages that show the API", function () {
  this.timeout(30_000);
  let ground: WorkerGround;
  let api: TestApi;

  before(async () => {
    ground = await newGround();
    api = await startApi(ground);
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
  });

  it("have the description beside them, of what is served here", async () => {
    const { status, headers, body } = await api.call("GET", "/openapi.json");

    assert.deepEqual([status, headers.get("content-type"), body.openapi], [200, "application/json; charset=utf-8", "3.1.0"]);
    const paths = Object.keys(Object(body.paths));
    assert.ok(paths.includes("/requests/{id}/status") && paths.includes("/openapi.json") && !paths.includes("/tasks"));
  });

  for (const [page, parts] of [
    ["/docs", ["docs/swagger-ui.css", "docs/swagger-ui-bundle.js", "docs/start.js"]],
    ["/redoc", ["redoc/redoc.standalone.js", "redoc/start.js"]],
  ] as const) {
    describe(page, () => {
      it("is a page that takes everything it loads from here", async () => {
        // Act
        const { status, headers, text } = await api.call("GET", page, { headers: { accept: "text/html" } });

        // Assess
        assert.deepEqual([status, headers.get("content-type")], [200, "text/html; charset=utf-8"]);
        const loaded = [...text.matchAll(/<(?:script|link)[^>]*\b(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
        assert.deepEqual(
          loaded.filter((address) => address !== "data:,"),
          parts,
        );
        assert.doesNotMatch(text, /https?:|<style|<script>|\son\w+=/);
        for (const part of parts) {
          const { status: found, headers: sent, text: content } = await api.call("GET", `/${part}`);
          assert.deepEqual([found, sent.get("cache-control")], [200, "public, max-age=3600"], part);
          assert.match(sent.get("content-type") ?? "", part.endsWith(".css") ? /^text\/css/ : /^text\/javascript/);
          assert.ok(content.length > 50);
        }
      });

      it("may load nothing from elsewhere, and runs no script that stands in it", async () => {
        const { headers } = await api.call("GET", page);

        const policy = headers.get("content-security-policy") ?? "";
        assert.match(policy, /^default-src 'none'; script-src 'self'; /);
        assert.doesNotMatch(policy, /https?:|\*|'unsafe-eval'|script-src[^;]*'unsafe-inline'/);
      });

      it("is refused to whoever takes no page", async () => {
        assert.equal((await api.call("GET", page, { headers: { accept: "application/json" } })).status, 406);
      });
    });
  }

  it("have no other parts", async () => {
    for (const address of ["/docs/", "/docs/index.html", "/docs/..%2fpackage.json", "/docs/../package.json", "/redoc/swagger-ui.css"])
      assert.equal((await api.call("GET", address)).status, 404, address);
  });
});
