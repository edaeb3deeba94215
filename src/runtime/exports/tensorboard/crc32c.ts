/** One table entry a byte: the remainder of the reflected Castagnoli polynomial 0x82f63b78. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0);
  return remainder;
});

/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `bytes[start … end - 1]`, 0 to 2³² − 1. By range, so that no view is
 * made for each of millions of records.
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let remainder = 0xffffffff;
  for (let index = start; index < end; index++) {
    remainder = (remainder >>> 8) ^ table[(remainder ^ bytes[index]!) & 0xff]!;
  }
  return ~remainder >>> 0;
}

/**
 * A checksum as a record keeps it: rotated right by 15 bits, plus a constant, so that the checksum of data that holds
 * checksums itself is still a good one.
 */
export function maskedCrc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const checksum = crc32c(bytes, start, end);
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}
