import assert from "node:assert/strict";
import fc from "fast-check";
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, crcCombiner, startChecksum } from "../../../local/s3/checksums.ts";

function checksum(algorithm: ChecksumAlgorithm, ...pieces: readonly Uint8Array[]): Buffer {
  const sum = startChecksum(algorithm);
  for (const piece of pieces) sum.update(piece);
  return sum.digest();
}

describe("startChecksum", () => {
  for (const [algorithm, hex] of [
    ["CRC32", "cbf43926"],
    ["CRC32C", "e3069283"],
    ["CRC64NVME", "ae8b14860a799888"],
    ["SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
    ["SHA256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"],
  ] as const) {
    it(`has ${algorithm}'s published value for the digits 1 to 9`, () => {
      assert.equal(checksum(algorithm, Buffer.from("123456789")).toString("hex"), hex);
    });
  }

  it("does not depend on how the bytes come", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CHECKSUM_ALGORITHMS), fc.array(fc.uint8Array()), (algorithm, pieces) => {
        assert.deepEqual(checksum(algorithm, ...pieces), checksum(algorithm, Buffer.concat(pieces)));
      }),
    );
  });
});

describe("crcCombiner", () => {
  it("makes the checksum of a whole from those of its parts", () => {
    fc.assert(
      fc.property(fc.constantFrom("CRC32", "CRC32C", "CRC64NVME"), fc.uint8Array(), fc.uint8Array(), (algorithm, a, b) => {
        // Act
        const combined = crcCombiner(algorithm)(checksum(algorithm, a), checksum(algorithm, b), b.length);
        // Assess
        assert.deepEqual(combined, checksum(algorithm, a, b));
      }),
    );
  });

  it("cannot do so for hashes", () => {
    assert.throws(() => crcCombiner("SHA256"), /cannot be combined/);
  });
});
