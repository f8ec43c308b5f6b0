import assert from "node:assert/strict";
import fc from "fast-check";
import { idempotencyKeyOf, ifVersionOf, requestIdOf, traceparentOf } from "../../../api/headers.ts";
import { Problem } from "../../../api/problem.ts";

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 255,
});
const printable = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 255,
});
/** What a client could send at all: Node refuses the rest before anybody sees it. */
const anyHeader = fc.string({ unit: "binary", maxLength: 300 });

function isRefused(read: () => unknown, field: string): boolean {
  try {
    read();
    return false;
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.deepEqual([error.status, error.options.errors?.map((one) => one.field)], [400, [field]]);
    return true;
  }
}

describe("X-Request-Id", () => {
  it("is the caller's, where it can be logged and sent back as it is", () => {
    fc.assert(
      fc.property(anyHeader, (id) => {
        const read = requestIdOf({ "x-request-id": id });
        if (read !== undefined) {
          assert.equal(read, id);
          assert.match(read, /^[\x21-\x7e]{1,128}$/);
          assert.equal(JSON.stringify(read), `"${read}"`);
        }
      }),
      { numRuns: 1_000 },
    );
    for (const id of ["a", "x".repeat(128), "b7f1a0de-5a52-4a0b-9c83-7f0c8a7c3f10", "Root=1-67891233-abcdef012345678912345678"])
      assert.equal(requestIdOf({ "x-request-id": id }), id);
  });

  it("is none where it could write a line of its own, or is too long", () => {
    for (const id of ["", "a\nb", "a\r\nx: y", "a b", '"', "\u001b[31m", "<script>", "x".repeat(129), "é", ["a", "b"]])
      assert.equal(requestIdOf({ "x-request-id": id }), undefined, JSON.stringify(id));
    assert.equal(requestIdOf({}), undefined);
  });
});

describe("traceparent", () => {
  const hex = (length: number) => fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });

  it("is passed on as it is where it is well formed", () => {
    fc.assert(
      fc.property(hex(2), hex(32), hex(16), hex(2), (version, trace, parent, flags) => {
        fc.pre(version !== "ff" && /[^0]/.test(trace) && /[^0]/.test(parent));
        const traceparent = `${version}-${trace}-${parent}-${flags}`;
        assert.equal(traceparentOf({ traceparent }), traceparent);
      }),
    );
  });

  it("is none, and no error, where it is not", () => {
    const [trace, parent] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];
    const wrong = [
      ...["", "00", `00-${trace}-${parent}`, `ff-${trace}-${parent}-01`, `00-${"0".repeat(32)}-${parent}-01`],
      ...[`00-${trace}-${"0".repeat(16)}-01`, `00-${trace.toUpperCase()}-${parent}-01`, `00-${trace}-${parent}-01\n`],
    ];
    for (const traceparent of wrong) assert.equal(traceparentOf({ traceparent }), undefined, traceparent);
    assert.equal(traceparentOf({}), undefined);
  });
});

describe("If-Match", () => {
  it("is the version that an ETag of ours names, and none for any", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), (version) => {
        assert.equal(ifVersionOf({ "if-match": `"${version}"` }), version);
        assert.equal(ifVersionOf({ "if-match": ` "${version}" ` }), version);
      }),
    );
    assert.equal(ifVersionOf({ "if-match": "*" }), undefined);
    assert.equal(ifVersionOf({}), undefined);
  });

  it("is refused in every other form", () => {
    fc.assert(
      fc.property(anyHeader, (text) => {
        fc.pre(text.trim() !== "*" && !/^\s*"[1-9][0-9]{0,8}"\s*$/.test(text));
        assert.ok(isRefused(() => ifVersionOf({ "if-match": text }), "If-Match"));
      }),
    );
    for (const text of ["", "3", '"03"', '"0"', '"-1"', 'W/"3"', '"3", "4"', '"1000000000"', '"1e3"'])
      assert.ok(
        isRefused(() => ifVersionOf({ "if-match": text }), "If-Match"),
        text,
      );
  });
});

describe("Idempotency-Key", () => {
  const keyOf = (key: string | string[]) => idempotencyKeyOf({ "idempotency-key": key });

  it("is none where it was not sent", () => assert.equal(idempotencyKeyOf({}), undefined));

  it("is any visible text of up to 255 characters", () => {
    fc.assert(
      fc.property(visible, (key) => {
        fc.pre(!key.startsWith('"'));
        assert.equal(keyOf(key), key);
        assert.equal(keyOf(` ${key} `), key);
      }),
    );
  });

  it("is the same in quotes, as structured fields have it", () => {
    fc.assert(
      fc.property(printable, (key) => {
        assert.equal(keyOf(`"${key.replace(/["\\]/g, "\\$&")}"`), key);
      }),
    );
  });

  it("is refused where it is anything else", () => {
    const wrong = [
      "",
      " ",
      "a b",
      "\u00e9",
      "x".repeat(256),
      '"',
      '""',
      '"a',
      '"a"b"',
      '"a\\"',
      '"a\\b"',
      `"${"x".repeat(256)}"`,
      '"a", "b"',
    ];
    for (const key of [...wrong, ["a", "b"]])
      assert.ok(
        isRefused(() => keyOf(key), "Idempotency-Key"),
        JSON.stringify(key),
      );
  });

  it("is a text of 1 to 255 characters or refused, whatever comes", () => {
    fc.assert(
      fc.property(anyHeader, (text) => {
        if (isRefused(() => keyOf(text), "Idempotency-Key")) return;
        assert.match(keyOf(text) ?? "", /^[\x20-\x7e]{1,255}$/);
      }),
      { numRuns: 1_000 },
    );
  });
});
