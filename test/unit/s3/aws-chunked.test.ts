import assert from "node:assert/strict";
import fc from "fast-check";
import { AwsError } from "../../../local/errors.ts";
import { AwsChunkedDecoder } from "../../../local/s3/aws-chunked.ts";

function encode(chunks: readonly Uint8Array[], trailers: Readonly<Record<string, string>>, signature: string): Buffer {
  const pieces = chunks
    .filter((chunk) => chunk.length > 0)
    .flatMap((chunk) => [`${chunk.length.toString(16)}${signature}\r\n`, Buffer.from(chunk), "\r\n"]);
  const lines = Object.entries(trailers).map(([name, value]) => `${name}:${value}\r\n`);
  return Buffer.concat([...pieces, `0${signature}\r\n`, ...lines, "\r\n"].map((piece) => Buffer.from(piece)));
}

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...cuts.map((place) => place % (bytes.length + 1)), 0, bytes.length].sort((a, b) => a - b);
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}

function decode(pieces: readonly Buffer[]): { body: Buffer; trailers: ReadonlyMap<string, string> } {
  const decoder = new AwsChunkedDecoder();
  const body = Buffer.concat(pieces.flatMap((piece) => decoder.push(piece)));
  decoder.end();
  return { body, trailers: decoder.trailers };
}

describe("AwsChunkedDecoder", () => {
  it("gives back any body, however it was chunked and wherever the network cut it", () => {
    const bytes = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
    const signature = fc.constantFrom("", `;chunk-signature=${"a".repeat(64)}`);
    fc.assert(
      fc.property(bytes, fc.array(fc.nat()), signature, (chunks, cuts, sign) => {
        // Prepare
        const sent = encode(chunks, { "x-amz-checksum-crc32": "AAAAAA==" }, sign);
        // Act
        const { body, trailers } = decode(cut(sent, cuts));
        // Assess
        assert.deepEqual(body, Buffer.concat(chunks));
        assert.deepEqual([...trailers], [["x-amz-checksum-crc32", "AAAAAA=="]]);
      }),
    );
  });

  it("refuses a body that ends before its last chunk", () => {
    const sent = encode([Buffer.from("hello world")], {}, "");
    for (const length of [1, 5, sent.length - 6]) {
      assert.throws(() => decode([sent.subarray(0, length)]), isError("IncompleteBody"), `cut after ${length} bytes`);
    }
  });

  for (const [what, sent] of [
    ["a size that is no hexadecimal number", "hello\r\nhello\r\n0\r\n\r\n"],
    ["a chunk longer than its size", "3\r\nhello\r\n0\r\n\r\n"],
    ["a trailer without a name", "0\r\nhello\r\n\r\n"],
    ["anything after the end", "0\r\n\r\nhello\r\n"],
    ["a line without end", "a".repeat(9000)],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => decode([Buffer.from(sent)]), isError("InvalidChunk"));
    });
  }
});

function isError(code: string): (error: unknown) => boolean {
  return (error) => error instanceof AwsError && error.code === code && error.status === 400;
}
