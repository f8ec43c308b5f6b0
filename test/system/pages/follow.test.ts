import assert from "node:assert/strict";
import { z } from "zod";
import { PHONE, useBrowser } from "../../support/browser.ts";

const created = z.object({ requestId: z.string(), trackingUrl: z.string() });

describe("The page of whoever follows a record", function () {
  this.timeout(60_000);
  const ground = useBrowser();

  const newRequest = async (title: string) => {
    const answer = await fetch(`${ground.system.url}/requests`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ title }),
    });
    const { requestId: id, trackingUrl } = created.parse(await answer.json());
    // The address as it would be where the watched API is the public one.
    return { id, address: `${ground.system.url}${new URL(trackingUrl).pathname}${new URL(trackingUrl).search}` };
  };
  const change = async (id: string, body: Record<string, string>) => {
    const answer = await fetch(`${ground.system.url}/requests/${id}/status`, {
      method: "PATCH",
      headers: { "content-type": "application/json", authorization: `Bearer ${ground.system.adminToken}` },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.text());
  };
  const show = async (address: string, options = {}) => {
    const shown = await ground.blank(options);
    await shown.page.goto(address);
    return shown;
  };

  it("says what it is and where it is, and grows by itself when its status changes", async () => {
    // Prepare
    const { id, address } = await newRequest("Replace <i>the</i> pump & more");
    const { page, complaints } = await show(address);
    await page.getByText("This page keeps itself up to date.").waitFor();
    // Act
    await change(id, { status: "IN_PROGRESS", note: "Parts are\nordered." });
    await page.getByRole("listitem").filter({ hasText: "Parts are" }).waitFor();
    // Assess
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "Replace <i>the</i> pump & more");
    assert.deepEqual(await page.locator("ol li strong").allInnerTexts(), ["In progress", "Pending"]);
    assert.match(await page.title(), /^In progress: Replace/);
    assert.equal(await page.getByRole("status").innerText(), "It is now: In progress.");
    assert.deepEqual(complaints, []);
  });

  it("asks now and then where there are no streams", async () => {
    // Prepare
    const { id, address } = await newRequest("Polled");
    const shown = await ground.blank();
    await shown.page.addInitScript("delete window.EventSource; const wait = setTimeout; window.setTimeout = (act) => wait(act, 50);");
    await shown.page.goto(address);
    // Act
    await change(id, { status: "REJECTED" });
    // Assess
    await shown.page.locator("ol li strong").filter({ hasText: "Rejected" }).waitFor();
  });

  it("says all without a script, and looks for changes by itself", async () => {
    // Prepare
    const { address } = await newRequest("Plain");
    // Act
    const { page } = await show(address, { javaScriptEnabled: false });
    // Assess
    await page.getByRole("heading", { name: "Plain" }).waitFor();
    assert.equal(await page.locator('noscript meta[http-equiv="refresh"], meta[http-equiv="refresh"]').count(), 1);
  });

  it("asks nobody but us for anything, and tells nobody where it was", async () => {
    // Prepare
    const { address } = await newRequest("Private");
    // Act
    const { page, addresses } = await show(address);
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    await page.getByRole("heading", { name: "Private" }).waitFor();
    // Assess
    assert.deepEqual([...new Set(addresses.map((one) => new URL(one).origin))], [new URL(ground.system.url).origin]);
    const token = new URL(address).searchParams.get("t") ?? assert.fail();
    assert.deepEqual(
      addresses.filter((one) => one.includes(token) && !one.startsWith(address)),
      [],
    );
    assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
    assert.match(answer.headers.get("content-security-policy") ?? "", /^default-src 'none'; script-src 'self'; style-src 'self';/);
    assert.equal(answer.headers.get("cache-control"), "no-store");
  });

  for (const [on, options] of [
    ["a wide screen", {}],
    ["a phone", PHONE],
    ["a dark screen", { colorScheme: "dark" }],
  ] as const) {
    it(`can be used by all on ${on}`, async () => {
      // Prepare
      const { id, address } = await newRequest(
        "A title of some length, as people write them, with-a-word-that-does-not-want-to-break-anywhere",
      );
      await change(id, { status: "IN_PROGRESS", note: "https://example.org/a-long-address/that-goes-on-and-on/and-on-without-any-break" });
      // Act
      const shown = await show(address, options);
      await shown.page.getByText("https://example.org").waitFor();
      // Assess
      await shown.assertUsableByAll();
      const widths = await shown.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
      const [needed, there] = z.tuple([z.number(), z.number()]).parse(widths);
      assert.ok(needed <= there, `${needed} of ${there} pixels`);
    });
  }

  it("is refused as a page that says so, and as a problem to whoever did not ask for a page", async () => {
    // Prepare
    const { id } = await newRequest("Hidden");
    const address = `${ground.system.url}/requests/${id}?t=wrong`;
    // Act
    const shown = await show(address);
    const answer = await fetch(address);
    // Assess
    assert.equal(await shown.page.getByRole("heading", { level: 1 }).innerText(), "There is nothing to see here");
    await shown.assertUsableByAll();
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [404, "application/problem+json; charset=utf-8"]);
  });

  it("leads to the whole history where it is longer than what is shown", async () => {
    // Prepare
    const { id, address } = await newRequest("Long");
    for (let count = 0; count < 22; count += 1) await change(id, { status: count % 2 === 0 ? "IN_PROGRESS" : "ON_HOLD" });
    const { page } = await show(address);
    // Act
    await page.getByText("These are the latest 20 of 23 changes.").waitFor();
    await page.getByRole("link", { name: "See all of them" }).click();
    await page.getByText("Changes 1 to 20").waitFor();
    await page.getByRole("link", { name: "Later changes" }).click();
    // Assess
    await page.getByText("Changes 21 to 23").waitFor();
    await page.getByRole("link", { name: "Back to the request" }).click();
    await page.getByRole("heading", { name: "Long" }).waitFor();
  });
});
