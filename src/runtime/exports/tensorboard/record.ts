import type { Bytes } from './bytes.ts';
import { maskedCrc32c } from './crc32c.ts';

const header = new Uint8Array(8);
const headerView = new DataView(header.buffer);

/**
 * Appends one record as TensorFlow's record files frame it: its length in eight bytes, the masked checksum of those
 * eight, the data, the masked checksum of the data; all numbers with the lowest byte first.
 */
export function appendRecord(file: Bytes, data: Uint8Array): void {
  headerView.setUint32(0, data.length, true);
  file.raw(header);
  file.uint32(maskedCrc32c(header));
  file.raw(data);
  file.uint32(maskedCrc32c(data));
}
