import assert from "node:assert/strict";
import { useBrowser } from "../../support/browser.ts";

describe("The pages that show the API, in a browser", function () {
  this.timeout(60_000);
  const ground = useBrowser();

  for (const path of ["/docs", "/redoc"])
    it(`show its operations, ask nobody else for anything, and complain of nothing: ${path}`, async () => {
      // Prepare
      const shown = await ground.blank();
      const failed: string[] = [];
      shown.page.on("requestfailed", (request) => failed.push(request.url()));
      shown.page.on("response", (response) => {
        if (response.status() >= 400) failed.push(response.url());
      });

      // Act
      await shown.page.goto(`${ground.system.url}${path}`);
      await shown.page.getByText("Makes a request, and gives the address to follow it by.").filter({ visible: true }).first().waitFor();
      await shown.page.waitForLoadState("networkidle");

      // Assess
      const foreign = shown.addresses.filter((address) => !/^(data|blob):/.test(address) && new URL(address).origin !== ground.system.url);
      assert.deepEqual({ foreign, failed, complaints: shown.complaints }, { foreign: [], failed: [], complaints: [] });
    });
});
