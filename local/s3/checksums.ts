import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export const CHECKSUM_ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** A whole object's checksum, or (multipart) the checksum of its parts' checksums. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

export interface Checksum {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

export const CHECKSUM_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };

export function asChecksumAlgorithm(text: string | undefined): ChecksumAlgorithm | undefined {
  return CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === text?.toUpperCase());
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

export function startChecksum(algorithm: ChecksumAlgorithm): Checksum {
  switch (algorithm) {
    case "CRC32":
      return new Crc32();
    case "CRC32C":
      return new Crc32c();
    case "CRC64NVME":
      return new Crc64Nvme();
    case "SHA1":
      return createHash("sha1");
    case "SHA256":
      return createHash("sha256");
  }
}

class Crc32 implements Checksum {
  #value = 0;

  update(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value);
  }

  digest(): Buffer {
    return numberBytes(this.#value);
  }
}

const CRC32C_POLYNOMIAL = 0x82f63b78;
const CRC32C_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ CRC32C_POLYNOMIAL : value >>> 1;
  return value;
});

class Crc32c implements Checksum {
  #value = -1;

  update(bytes: Uint8Array): void {
    let value = this.#value;
    for (const byte of bytes) value = (value >>> 8) ^ (CRC32C_TABLE[(value ^ byte) & 0xff] ?? 0);
    this.#value = value;
  }

  digest(): Buffer {
    return numberBytes(~this.#value);
  }
}

const CRC64_POLYNOMIAL = 0x9a6c9329ac4bc9b5n;
const CRC64_TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ CRC64_POLYNOMIAL : value >> 1n;
  return value;
});
const CRC64_HIGH = Int32Array.from(CRC64_TABLE, (value) => Number(BigInt.asIntN(32, value >> 32n)));
const CRC64_LOW = Int32Array.from(CRC64_TABLE, (value) => Number(BigInt.asIntN(32, value)));

/** In two halves of 32 bits, because BigInt arithmetic per byte is a hundred times slower. */
class Crc64Nvme implements Checksum {
  #high = -1;
  #low = -1;

  update(bytes: Uint8Array): void {
    let high = this.#high;
    let low = this.#low;
    for (const byte of bytes) {
      const entry = (low ^ byte) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (CRC64_LOW[entry] ?? 0);
      high = (high >>> 8) ^ (CRC64_HIGH[entry] ?? 0);
    }
    this.#high = high;
    this.#low = low;
  }

  digest(): Buffer {
    return Buffer.concat([numberBytes(~this.#high), numberBytes(~this.#low)]);
  }
}

function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
}

const POLYNOMIALS: Partial<Record<ChecksumAlgorithm, bigint>> = {
  CRC32: 0xedb88320n,
  CRC32C: BigInt(CRC32C_POLYNOMIAL),
  CRC64NVME: CRC64_POLYNOMIAL,
};

/**
 * A CRC of a whole can be had from those of its parts: the checksum of `a` followed by the `length` bytes of `b`. What
 * depends on the length alone is kept, because the parts of an upload are mostly of one size.
 */
export function crcCombiner(algorithm: ChecksumAlgorithm): (a: Buffer, b: Buffer, length: number) => Buffer {
  const polynomial = POLYNOMIALS[algorithm];
  if (polynomial === undefined) throw new Error(`${algorithm} checksums cannot be combined`);
  const width = BigInt(CHECKSUM_BYTES[algorithm] * 8);
  const shifts = new Map<number, bigint>();
  return (a, b, length) => {
    const shift = shifts.get(length) ?? powerOfX(BigInt(length) * 8n, polynomial, width);
    shifts.set(length, shift);
    const value = multiply(shift, toBigInt(a), polynomial, width) ^ toBigInt(b);
    return Buffer.from(value.toString(16).padStart(Number(width) / 4, "0"), "hex");
  };
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

/** x to the power `n` modulo the polynomial, in the reflected notation where the highest bit is x to the power 0. */
function powerOfX(n: bigint, polynomial: bigint, width: bigint): bigint {
  let result = 1n << (width - 1n);
  let base = 1n << (width - 2n);
  for (let left = n; left > 0n; left >>= 1n) {
    if (left & 1n) result = multiply(base, result, polynomial, width);
    base = multiply(base, base, polynomial, width);
  }
  return result;
}

function multiply(a: bigint, b: bigint, polynomial: bigint, width: bigint): bigint {
  let product = 0n;
  let shifted = b;
  for (let bit = 1n << (width - 1n); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
}
