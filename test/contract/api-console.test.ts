import assert from "node:assert/strict";
import { ADMIN, ADMIN_TOKEN, newRequest, startApi, type TestApi } from "./support/api.ts";
import { eventually } from "./support/endpoint.ts";
import { newGround, startWorker, type WorkerGround } from "./support/worker.ts";

const FORM = "application/x-www-form-urlencoded";

describe("The API's console", function () {
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

  const send = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${api.url}${path}`, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": FORM, ...headers },
      body: new URLSearchParams(fields).toString(),
    });
  const look = (path: string, headers: Record<string, string> = {}) => fetch(`${api.url}${path}`, { headers, redirect: "manual" });
  const signIn = async () => {
    const answer = await send("/console/sign-in", { token: ADMIN_TOKEN });
    const cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
    const page = await (await look("/console", { cookie })).text();
    return { cookie, formToken: /name="form_token" value="([^"]+)"/.exec(page)?.[1] ?? assert.fail(page) };
  };
  const statusOf = async (id: string) => (await api.call("GET", `/requests/${id}`, { headers: ADMIN })).body.status;

  const PAGES = ["/console", "/console/records/requests", "/console/records/requests/some-id", "/console/failures"];

  for (const path of PAGES) {
    it(`asks whoever is not signed in to sign in: ${path}`, async () => {
      const ways: Record<string, string>[] = [{}, ADMIN, { cookie: "milepost_session=made.up.here" }];
      for (const headers of ways) {
        // Act
        const answer = await look(path, headers);
        const page = await answer.text();
        // Assess
        assert.equal(answer.status, 401);
        assert.match(page, /<h1>Sign in to the console<\/h1>/);
        assert.ok(page.includes(`name="to" value="${path.slice(1)}"`), page);
      }
    });
  }

  it("leads whoever signs in to its own pages and to no others", async () => {
    for (const [to, location] of [
      ["console/records/tasks", "../console/records/tasks"],
      ["//elsewhere.example", "../console"],
      ["https://elsewhere.example", "../console"],
      ["console/../../elsewhere", "../console"],
      ["console\r\nset-cookie: x=y", "../console"],
    ] as const) {
      // Act
      const answer = await send("/console/sign-in", { token: ADMIN_TOKEN, to });
      // Assess
      assert.deepEqual([answer.status, answer.headers.get("location")], [303, location]);
    }
  });

  it("looks on at a record that has come to rest, until the execution that has carried its change out has ended", async () => {
    // Prepare
    const { cookie } = await signIn();
    const { id } = await newRequest(api);
    let answer = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const worker = startWorker(ground, { SendTaskSuccessCommand: () => held });
    const page = async () => (await look(`/console/records/requests/${id}`, { cookie })).text();
    const isLookedAt = (text: string) => text.includes("data-every");
    try {
      const lastEvent = async () => (await api.call("GET", `/requests/${id}`, { headers: ADMIN })).body.lastEventId;
      await eventually(async () => assert.equal(await lastEvent(), `${id}-1`), 15_000);
      // Act
      const [before] = [await page(), answer()];
      const after = await eventually(async () => {
        const text = await page();
        assert.ok(!isLookedAt(text), text);
        return text;
      }, 15_000);
      // Assess
      assert.ok(isLookedAt(before), before);
      assert.match(after, /The execution has succeeded/);
    } finally {
      answer();
      await worker.end();
    }
  });

  it("gives no session for a wrong token", async () => {
    for (const token of ["", "wrong", `${ADMIN_TOKEN} `, ADMIN_TOKEN.toUpperCase()]) {
      const answer = await send("/console/sign-in", { token });

      assert.deepEqual([answer.status, answer.headers.get("set-cookie")], [401, null]);
    }
  });

  it("does nothing for a form that is not its own, whoever's browser sends it", async () => {
    // Prepare
    const { id } = await newRequest(api);
    const { cookie, formToken } = await signIn();
    const other = await signIn();
    const path = `/console/records/requests/${id}/status`;
    const fields = { to: "REJECTED", version: "1" };
    // Act
    const answers = await Promise.all([
      send(path, { ...fields, form_token: formToken }),
      send(path, { ...fields, form_token: other.formToken }, { cookie }),
      send(path, { ...fields, form_token: "" }, { cookie }),
      send(path, { ...fields, form_token: formToken }, { cookie, "sec-fetch-site": "cross-site" }),
      send(path, { ...fields, form_token: formToken }, ADMIN),
      send("/console/failures/redrive", { kind: "requests", id: "x", form_token: "" }, { cookie }),
      send("/console/sign-out", { form_token: "" }, { cookie }),
    ]);
    // Assess
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 403, 403, 403, 401, 403, 403],
    );
    assert.equal(await statusOf(id), "PENDING");
  });

  it("does what its own form asks for, as the API's own call does", async () => {
    // Prepare
    const { id } = await newRequest(api);
    const { cookie, formToken } = await signIn();
    const path = `/console/records/requests/${id}/status`;
    const ask = (fields: Record<string, string>) =>
      send(path, { form_token: formToken, ...fields }, { cookie, "sec-fetch-site": "same-origin" });
    // Act
    const made = await ask({ to: "IN_PROGRESS", version: "1", note: "one\r\ntwo" });
    const stale = await ask({ to: "REJECTED", version: "1" });
    const illegal = await ask({ to: "PENDING", version: "2" });
    const long = await ask({ to: "REJECTED", version: "2", note: "x".repeat(501) });
    const unknown = await ask({ to: "NOWHERE", version: "2" });
    // Assess
    assert.deepEqual([made.status, made.headers.get("location")], [303, `../${id}?done=changed`]);
    assert.deepEqual([stale.status, illegal.status, long.status, unknown.status], [412, 409, 400, 409]);
    const page = await long.text();
    assert.match(page, /role="alert">note must have at most 500 bytes</);
    assert.ok(page.includes(`>${"x".repeat(501)}</textarea>`), "what was written is still there");
    assert.match(page, new RegExp(`<body class="wide" data-address="\\.\\./${id}">`));
    assert.equal(await statusOf(id), "IN_PROGRESS");
  });

  it("is not to be guessed into: wrong tokens of one address are counted, those of forms too", async () => {
    // Prepare
    const strict = await startApi(ground, { FAILED_CALLS_PER_MINUTE: "3" });
    const tell = (token: string) =>
      fetch(`${strict.url}/console/sign-in`, { method: "POST", redirect: "manual", body: new URLSearchParams({ token }) });
    try {
      // Act: pages that are looked at without anything are no guesses.
      for (let times = 0; times < 6; times++) assert.equal((await fetch(`${strict.url}/console`)).status, 401);
      const statuses: number[] = [];
      for (let times = 0; times < 4; times++) statuses.push((await tell("wrong")).status);
      const right = await tell(ADMIN_TOKEN);
      // Assess
      assert.deepEqual([...statuses, right.status], [401, 401, 401, 429, 429]);
      assert.match(right.headers.get("retry-after") ?? "", /^[1-9][0-9]*$/);
    } finally {
      await strict.stop();
    }
  });

  it("shows a refusal as a page to whoever looks at pages, wherever it is made", async () => {
    const accept = "text/html,application/xhtml+xml,*/*;q=0.8";
    for (const path of ["/console/find?kind=requests&id=not%20one", "/console/records/nothing", "/nowhere", "/requests/some-id"]) {
      const page = await look(path, { accept });
      const problem = await look(path);
      assert.deepEqual(
        [page.headers.get("content-type"), problem.headers.get("content-type")],
        ["text/html; charset=utf-8", "application/problem+json; charset=utf-8"],
        path,
      );
      assert.equal(page.status, problem.status);
    }
    assert.equal((await look("/requests", { accept })).headers.get("content-type"), "application/problem+json; charset=utf-8");
    assert.deepEqual(
      [(await look("/console/sign-in")).status, (await look("/console/sign-in")).headers.get("location")],
      [303, "../console"],
    );
  });

  it("refuses what is no form of its, naming the field", async () => {
    // Prepare
    const { cookie, formToken } = await signIn();
    const path = "/console/records/requests/some-id/status";
    // Act
    const json = await fetch(`${api.url}${path}`, { method: "POST", headers: { cookie, "content-type": "application/json" }, body: "{}" });
    const extra = await send(
      path,
      { form_token: formToken, to: "REJECTED", version: "1", status: "x" },
      { cookie, accept: "application/problem+json" },
    );
    const { errors } = JSON.parse(await extra.text());
    // Assess
    assert.equal(json.status, 415);
    assert.deepEqual([extra.status, errors[0].field, errors[0].rule], [400, "/status", "unknown"]);
  });

  it("reads no form that is too large, has a field twice, or one within another", async () => {
    // Prepare
    const { cookie, formToken } = await signIn();
    const path = "/console/records/requests/some-id/status";
    const headers = { cookie, "content-type": FORM };
    const good = `form_token=${formToken}&to=REJECTED&version=1`;
    // Act
    const statuses = await Promise.all(
      [
        `${good}&note=${"x".repeat(70_000)}`,
        `${good}&to=CANCELLED`,
        `${good}&note[a]=b`,
        `${good}&${"a[b]".repeat(900)}=1`,
        `${good}&note=%ff`,
      ].map(async (body) => (await fetch(`${api.url}${path}`, { method: "POST", headers, body })).status),
    );
    // Assess
    assert.deepEqual(statuses, [413, 400, 400, 400, 404]);
    assert.equal(Reflect.get({}, "admin"), undefined);
  });

  it("escapes what people wrote", async () => {
    // Prepare
    const { id } = await newRequest(api, `"><script>alert(1)</script>`);
    const { cookie } = await signIn();
    // Act
    const pages = await Promise.all(
      ["/console/records/requests", `/console/records/requests/${id}`].map(async (path) => (await look(path, { cookie })).text()),
    );
    // Assess
    for (const page of pages) {
      assert.ok(page.includes("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
      assert.ok(!page.includes("<script>alert"));
    }
  });

  it("keeps its pages to itself: nobody may store them, put them into a frame, or run a script of their own in them", async () => {
    const { cookie } = await signIn();

    const { headers } = await look("/console", { cookie });

    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/);
  });
});
