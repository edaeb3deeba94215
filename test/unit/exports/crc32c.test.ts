import assert from 'node:assert/strict';
import { crc32c, maskedCrc32c } from '../../../src/runtime/exports/tensorboard/crc32c.ts';

describe('CRC-32C', () => {
  const rising = Uint8Array.from({ length: 32 }, (_, index) => index);
  const vectors: readonly (readonly [name: string, bytes: Uint8Array, checksum: number])[] = [
    ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['32 rising bytes', rising, 0x46dd794e],
    ['32 falling bytes', rising.toReversed(), 0x113fdb5c],
    [
      'an iSCSI read command',
      Uint8Array.from(
        Buffer.from(
          '01c00000000000000000000000000000' + '14000000000004000000001400000018' + '28000000000000000200000000000000',
          'hex',
        ),
      ),
      0xd9963a56,
    ],
  ];
  for (const [name, bytes, checksum] of vectors) {
    it(`agrees with RFC 3720 on ${name}`, () => {
      assert.equal(crc32c(bytes), checksum);
    });
  }

  it('agrees with the check value of the catalogue of CRC algorithms', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  });

  it('of nothing is 0', () => {
    assert.equal(crc32c(new Uint8Array(0)), 0);
  });

  it('looks at the given range only', () => {
    assert.equal(crc32c(Buffer.from('ab123456789z'), 2, 11), 0xe3069283);
  });

  it('is masked as the record format says: rotated by 15 bits, plus a constant', () => {
    // 0xe3069283 rotated right by 15 bits is 0x2507c60d.
    assert.equal(maskedCrc32c(Buffer.from('123456789')), 0x2507c60d + 0xa282ead8);
  });
});
