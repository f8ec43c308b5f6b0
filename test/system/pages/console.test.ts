import assert from "node:assert/strict";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { z } from "zod";
import { PHONE, useBrowser } from "../../support/browser.ts";
import { eventually } from "../../support/eventually.ts";

const WAIT_MS = 20_000;

describe("The operations console", function () {
  this.timeout(60_000);
  const ground = useBrowser();

  const post = async (path: string, body: unknown, token?: string): Promise<Record<string, unknown>> => {
    const headers = { "content-type": "application/json", ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${ground.system.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.clone().text());
    return z.record(z.string(), z.unknown()).parse(await answer.json());
  };
  const newRequest = async (title: string) => String((await post("/requests", { title })).requestId);
  const newOrder = async () => {
    const { access_token: token } = await post("/login", { user_id: "u1" });
    const order = { items: [{ name: "Laptop", price: 999.99, quantity: 1 }] };
    return String((await post("/orders", order, String(token))).order_id);
  };
  const go = async (path: string, options = {}) => {
    const shown = await ground.blank(options);
    await shown.page.goto(`${ground.system.url}${path}`);
    return shown;
  };
  /** Whoever is not signed in is asked to, and is then where they wanted to go. */
  const enter = async (path: string, options = {}) => {
    const shown = await go(path, options);
    await shown.page.getByLabel("The administrator's token").fill(ground.system.adminToken);
    await shown.page.getByRole("button", { name: "Sign in" }).click();
    await shown.page.getByRole("button", { name: "Sign out" }).waitFor();
    return shown;
  };

  describe("its door", () => {
    it("lets in whoever has the administrator's token, and leads where they wanted to go", async () => {
      // Act
      const { page } = await enter("/console/records/tasks");
      // Assess
      assert.equal(new URL(page.url()).pathname, "/console/records/tasks");
      const [cookie] = await page.context().cookies();
      assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, "Strict"]);
      assert.ok(!JSON.stringify(cookie).includes(ground.system.adminToken));
    });

    it("stays shut for a wrong token, and says so", async () => {
      // Prepare
      const shown = await go("/console");
      // Act
      await shown.page.getByLabel("The administrator's token").fill("a wrong one");
      await shown.page.getByRole("button", { name: "Sign in" }).click();
      // Assess
      assert.equal(await shown.page.getByRole("alert").innerText(), "This is not the administrator's token.");
      assert.deepEqual(await shown.page.context().cookies(), []);
      await shown.assertUsableByAll();
    });

    it("is shut behind whoever signs out", async () => {
      // Prepare
      const { page } = await enter("/console");
      // Act
      await page.getByRole("button", { name: "Sign out" }).click();
      // Assess
      await page.getByRole("heading", { name: "Sign in to the console" }).waitFor();
      assert.deepEqual(await page.context().cookies(), []);
    });
  });

  it("shows how things stand, and keeps that up to date", async () => {
    // Prepare
    const shown = await enter("/console");
    const row = shown.page.getByRole("row").filter({ has: shown.page.getByRole("rowheader", { name: "Requests" }) });
    const before = Number(await row.getByRole("cell").last().innerText());
    // Act
    await newRequest("Counted");
    // Assess
    await eventually(async () => assert.equal(Number(await row.getByRole("cell").last().innerText()), before + 1), WAIT_MS);
    assert.deepEqual(await shown.page.getByRole("rowheader").allInnerTexts(), ["Requests", "Products", "Orders", "Tasks"]);
    await shown.assertUsableByAll();
    assert.deepEqual(shown.complaints.slice(1), []);
  });

  it("lists records, those of a status, in pages, sorted as one likes", async () => {
    // Prepare
    for (let count = 1; count <= 22; count += 1) await post("/products", { name: `Thing ${count}`, price: count });
    const shown = await enter("/console/records/products");
    const { page } = shown;
    const names = () => page.locator("tbody th").allInnerTexts();
    // Act & Assess
    assert.deepEqual((await names()).slice(0, 2), ["Thing 22", "Thing 21"]);
    await page.getByRole("button", { name: "Product" }).click();
    assert.deepEqual((await names()).slice(0, 2), ["Thing 3", "Thing 4"]);
    assert.equal(await page.locator('th[aria-sort="ascending"]').innerText(), "Product");
    await page.getByRole("link", { name: "Older" }).click();
    assert.deepEqual(await names(), ["Thing 2", "Thing 1"]);
    await page.getByRole("link", { name: "Newest" }).click();
    await page.getByLabel("Status").selectOption("DELETED");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("No product is deleted now.").waitFor();
    await shown.assertUsableByAll();
  });

  it("finds a record by its id, and says so where there is none", async () => {
    // Prepare
    const id = await newRequest("Find me");
    const { page } = await enter("/console/records/requests");
    // Act
    await page.getByLabel("Id").fill(` ${id} `);
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("heading", { name: "Find me" }).waitFor();
    await page.goto(`${ground.system.url}/console/find?kind=requests&id=nobody`);
    // Assess
    await page.getByRole("heading", { name: "There is nothing to see here" }).waitFor();
  });

  it("moves a record on where it may go, and shows the execution that carries it out", async () => {
    // Prepare
    const id = await newRequest("Mend the roof");
    const shown = await enter(`/console/records/requests/${id}`);
    const { page } = shown;
    const choices = page.locator("fieldset button");
    assert.deepEqual(await choices.allInnerTexts(), ["In progress", "Rejected", "Cancelled"]);
    // Act
    await page.getByLabel("Note").fill("A ladder\nis needed.");
    await page.getByRole("button", { name: "In progress" }).click();
    await page.getByText("The change is made and on its way.").waitFor();
    // Assess
    await page.getByRole("listitem").filter({ hasText: "is needed." }).waitFor();
    await page.getByRole("heading", { name: "Execution of change 2" }).waitFor();
    await page.locator("figcaption").filter({ hasText: "The execution has succeeded." }).waitFor();
    await page.getByRole("img").filter({ hasText: "WriteHistory" }).waitFor();
    await page.getByText(/^\d+ events$/).click();
    await page.getByRole("cell", { name: "ExecutionSucceeded" }).waitFor();
    assert.deepEqual(await choices.allInnerTexts(), ["On hold", "Completed", "Rejected", "Cancelled"]);
    const answer = await fetch(`${ground.system.url}/requests/${id}`, { headers: { authorization: `Bearer ${ground.system.adminToken}` } });
    assert.deepEqual(
      z.object({ status: z.string(), history: z.array(z.object({ note: z.string().optional() })) }).parse(await answer.json()),
      { status: "IN_PROGRESS", history: [{}, { note: "A ladder\nis needed." }] },
    );
    await shown.assertUsableByAll();
  });

  it("decides nothing on a page that is out of date", async () => {
    // Prepare
    const id = await newRequest("Twice");
    const { page } = await enter(`/console/records/requests/${id}`);
    const headers = { authorization: `Bearer ${ground.system.adminToken}`, "content-type": "application/json" };
    const body = JSON.stringify({ status: "IN_PROGRESS" });
    assert.equal((await fetch(`${ground.system.url}/requests/${id}/status`, { method: "PATCH", headers, body })).status, 200);
    // Act
    await page.getByRole("button", { name: "Cancelled" }).click();
    // Assess
    assert.match(await page.getByRole("alert").innerText(), /It has changed since this page was loaded/);
    assert.equal(await page.locator(".now .chip").innerText(), "◑ In progress");
  });

  it("keeps the choices up to date with the record, and what was written meanwhile", async () => {
    // Prepare: the page is loaded while the order is on its way.
    ground.system.workers[0]?.signal("SIGSTOP");
    const id = await newOrder();
    const { page } = await enter(`/console/records/orders/${id}`);
    const version = page.locator('input[name="version"]');
    assert.equal(await version.getAttribute("value"), "1");
    await page.getByLabel("Note").fill("Too late?");
    // Act
    ground.system.workers[0]?.signal("SIGCONT");
    await page.locator(".now .chip").filter({ hasText: "Completed" }).waitFor();
    // Assess
    assert.equal(await version.getAttribute("value"), "3");
    assert.equal(await page.locator(".facts div").filter({ hasText: "Version" }).getByRole("definition").innerText(), "3");
    assert.equal(await page.getByLabel("Note").inputValue(), "Too late?");
    await page.getByRole("button", { name: "Cancelling" }).click();
    await page.getByText("The change is made and on its way.").waitFor();
  });

  it("draws an order's execution with every step, and cancels the order", async () => {
    // Prepare
    const id = await newOrder();
    const shown = await enter(`/console/records/orders/${id}`);
    const { page } = shown;
    await page.locator(".now .chip").filter({ hasText: "Completed" }).waitFor();
    for (const step of ["Inventory", "Fraud", "Payment", "Invoice"])
      await page.locator("svg text").filter({ hasText: step }).first().waitFor();
    await shown.assertUsableByAll();
    // Act
    await page.getByRole("button", { name: "Cancelling" }).click();
    // Assess
    await page.getByText("The change is made and on its way.").waitFor();
    await page.locator(".now .chip").filter({ hasText: "Cancelled" }).waitFor();
  });

  it("shows what was given up, and puts it on its way again", async () => {
    // Prepare
    await ground.system.clients.sqs.send(
      new SendMessageCommand({ QueueUrl: ground.system.outputs.requests_queue_url, MessageBody: "no task" }),
    );
    const shown = await enter("/console/failures");
    const { page } = shown;
    const redrive = page.getByRole("button", { name: /^Redrive/ });
    await eventually(async () => {
      await page.reload();
      assert.equal(await redrive.count(), 1);
    }, WAIT_MS);
    await shown.assertUsableByAll();
    await page.goto(`${ground.system.url}/console/failures?kind=tasks`);
    assert.equal(await page.locator("main .places a[aria-current]").innerText(), "Tasks 0 open");
    await page.getByRole("link", { name: "Requests 1 open" }).click();
    // Act
    await redrive.click();
    // Assess
    await page.getByText("It is on its way again.").waitFor();
    await page.getByRole("link", { name: "Tasks" }).last().click();
    await page.getByText("Nothing of tasks waits for a person.").waitFor();
  });

  it("says what it does not know while a service does not answer, and shows the rest", async () => {
    // Prepare
    const id = await newRequest("Half known");
    const { page } = await enter(`/console/records/requests/${id}`);
    // Act
    ground.system.proxy.break("sfn");
    try {
      await page.reload();
      // Assess
      await page.getByRole("heading", { name: "Half known" }).waitFor();
      assert.match(await page.getByRole("alert").innerText(), /Step Functions does not answer just now/);
    } finally {
      ground.system.proxy.mend("sfn");
    }
  });

  it("can be used on a phone and in the dark", async () => {
    // Prepare
    const id = await newOrder();
    // Act
    const shown = await enter(`/console/records/orders/${id}`, { ...PHONE, colorScheme: "dark" });
    // Assess
    await shown.assertUsableByAll();
    const widths = await shown.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
    const [needed, there] = z.tuple([z.number(), z.number()]).parse(widths);
    assert.ok(needed <= there, `${needed} of ${there} pixels`);
  });

  it("works without a script", async () => {
    // Prepare
    const id = await newRequest("Plain");
    const { page } = await enter(`/console/records/requests/${id}`, { javaScriptEnabled: false });
    // Act
    await page.getByRole("button", { name: "Rejected" }).click();
    // Assess
    await page.getByText("The change is made and on its way.").waitFor();
    assert.equal(await page.locator(".now .chip").innerText(), "✕ Rejected");
  });
});
