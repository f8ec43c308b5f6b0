import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserContextOptions, Page } from "playwright-core";
import { z } from "zod";
import { useBrowser, type WatchedPage } from "../../support/browser.ts";

/** Longer than what nobody is told of, and shorter than the slow answer takes. */
const LOOK_AFTER_MS = 600;
const SLOW_MS = 3_000;

const appearance = z.object({ bars: z.number(), busy: z.boolean(), top: z.number(), height: z.number(), motions: z.number() });

const CLICK_TASKS = `document.querySelector('a[href$="records/tasks"]').click()`;
const SEND_FILTER = "document.querySelector('select[name=status]').form.requestSubmit()";

describe("The console's pages, while another is on its way", function () {
  this.timeout(40_000);
  const ground = useBrowser();

  const enter = async (path: string, options: BrowserContextOptions = {}): Promise<WatchedPage> => {
    const shown = await ground.blank(options);
    await shown.page.goto(`${ground.system.url}${path}`);
    await shown.page.getByLabel("The administrator's token").fill(ground.system.adminToken);
    await shown.page.getByRole("button", { name: "Sign in" }).click();
    await shown.page.getByRole("button", { name: "Sign out" }).waitFor();
    // What is seen is there before its scripts are.
    await shown.page.waitForLoadState("load");
    return shown;
  };

  /**
   * Does something that leads to another page, which takes long, and gives how the page looked before, after a while, and after
   * each of `then`. It looks at itself, since from outside it cannot be reached until the other has come.
   */
  const looksOf = async (page: Page, address: string, act: string, then: readonly string[] = []) => {
    await page.route(address, async (route) => {
      await sleep(SLOW_MS);
      await route.continue();
    });
    await page.evaluate(`void setTimeout(async () => {
      const look = () => ({
        bars: document.querySelectorAll('[role="progressbar"][aria-label="Loading"]').length,
        busy: document.querySelector("main").getAttribute("aria-busy") === "true",
        top: document.querySelector("main").getBoundingClientRect().top,
        height: document.documentElement.scrollHeight,
        motions: document.getAnimations().length,
      });
      const looks = [look()];
      ${act};
      await new Promise((resolve) => setTimeout(resolve, ${LOOK_AFTER_MS}));
      looks.push(look());
      ${then.map((one) => `${one}; looks.push(look());`).join("\n")}
      sessionStorage.setItem("looks", JSON.stringify(looks));
    })`);
    await page.waitForURL(address);
    const looks = z.array(appearance).parse(JSON.parse(String(await page.evaluate("sessionStorage.getItem('looks')"))));
    assert.equal(await page.locator('[role="progressbar"], main[aria-busy]').count(), 0, "the page that has come is not on its way");
    return looks;
  };
  const told = (looks: readonly z.infer<typeof appearance>[]) => looks.map(({ bars, busy }) => [bars, busy]);

  it("say that a list is, or what a filter asks for, and move nothing for it", async () => {
    for (const [address, act] of [
      ["**/console/records/tasks", CLICK_TASKS],
      ["**/console/records/requests?*", SEND_FILTER],
    ] as const) {
      // Prepare
      const { page } = await enter("/console/records/requests");
      // Act
      const looks = await looksOf(page, address, act);
      // Assess
      assert.deepEqual(told(looks), [
        [0, false],
        [1, true],
      ]);
      assert.deepEqual([looks[1]?.top, looks[1]?.height], [looks[0]?.top, looks[0]?.height]);
    }
  });

  it("say it no more when their reader calls it off or comes back to them", async () => {
    const back = [
      'dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }))',
      'dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))',
      'dispatchEvent(new PopStateEvent("popstate"))',
    ];
    for (const one of back) {
      // Prepare
      const { page } = await enter("/console/records/requests");
      // Act
      const looks = await looksOf(page, "**/console/records/tasks", CLICK_TASKS, [one]);
      await page.goBack();
      // Assess
      assert.deepEqual(told(looks).slice(1), [
        [1, true],
        [0, false],
      ]);
      assert.equal(await page.locator('[role="progressbar"], main[aria-busy]').count(), 0);
    }
  });

  it("say nothing of what comes into another window", async () => {
    // Prepare
    const { page } = await enter("/console/records/requests");
    // Act
    await page.getByRole("link", { name: "Tasks" }).click({ modifiers: ["Control"] });
    await page.waitForTimeout(LOOK_AFTER_MS);
    // Assess
    assert.equal(new URL(page.url()).pathname, "/console/records/requests");
    assert.equal(await page.locator('[role="progressbar"], main[aria-busy]').count(), 0);
  });

  it("stand still for whoever wants less motion, and say it all the same", async () => {
    for (const [reducedMotion, motions] of [
      ["reduce", 0],
      ["no-preference", 1],
    ] as const) {
      // Prepare
      const { page } = await enter("/console/records/requests", { reducedMotion });
      // Act
      const looks = await looksOf(page, "**/console/records/tasks", CLICK_TASKS);
      // Assess
      assert.deepEqual([looks[1]?.bars, looks[1]?.motions], [1, motions]);
    }
  });
});
