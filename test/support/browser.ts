/** Headless Chromium, as the machine has it: none is downloaded. What a page asks of others, or says went wrong, is kept. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { z } from "zod";
import { TestSystem } from "./system.ts";

const PLACES = [process.env.CHROMIUM ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const WAIT_MS_MAX = 15_000;

export function chromiumPath(): string | undefined {
  return PLACES.find((place) => place !== "" && existsSync(place));
}

const found = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })) }));

export class TestBrowser {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<TestBrowser> {
    const executablePath = chromiumPath();
    assert.ok(executablePath !== undefined, "There is no Chromium.");
    // Its own sandbox needs what containers do not give.
    return new TestBrowser(await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] }));
  }

  /** A page of a browser that has been nowhere yet. */
  async page(options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const context = await this.#browser.newContext(options);
    context.setDefaultTimeout(WAIT_MS_MAX);
    return new WatchedPage(await context.newPage());
  }

  async stop(): Promise<void> {
    await this.#browser.close();
  }
}

export class WatchedPage {
  readonly page: Page;
  readonly complaints: string[] = [];
  readonly addresses: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("request", (request) => this.addresses.push(request.url()));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
  }

  /** Fails where axe finds that somebody could not use the page: by keyboard, by screen reader, or with weak eyes. */
  async assertUsableByAll(): Promise<void> {
    await this.page.evaluate(axe());
    // In two steps, since the page's own policy lets no text be run as a script.
    const violations = found.parse(await this.page.evaluate("axe.run(document).then(({ violations }) => violations)"));
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("\n")}`),
      [],
    );
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** What tests of pages share: phones are as wide as this. */
export const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true };

export interface BrowserGround {
  readonly system: TestSystem;
  /** Shows a page in a browser that has been nowhere yet; it is closed after the test. */
  blank(options?: BrowserContextOptions): Promise<WatchedPage>;
}

/** The running system and a browser for the tests around, which are skipped where there is no Chromium. */
export function useBrowser(): BrowserGround {
  let system: TestSystem | undefined;
  let browser: TestBrowser | undefined;
  let open: WatchedPage[] = [];
  before(async function () {
    if (chromiumPath() === undefined) return this.skip();
    [system, browser] = await Promise.all([TestSystem.start(), TestBrowser.start()]);
  });
  afterEach(async () => {
    for (const one of open) await one.close();
    open = [];
  });
  after(async () => {
    await browser?.stop();
    await system?.stop();
  });
  return {
    get system() {
      return system ?? assert.fail("The system is not running.");
    },
    blank: async (options) => {
      const shown = (await browser?.page(options)) ?? assert.fail("There is no browser.");
      open.push(shown);
      return shown;
    },
  };
}

function axe(): string {
  return readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
}
