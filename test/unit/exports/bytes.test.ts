import fc from 'fast-check';
import assert from 'node:assert/strict';
import { Bytes, message } from '../../../src/runtime/exports/tensorboard/bytes.ts';

function hex(write: (bytes: Bytes) => void): string {
  return Buffer.from(message(write)).toString('hex');
}

/** Reads a varint of at most ten bytes as an unsigned number, and says how many bytes it took. */
function readVarint(bytes: Uint8Array, from: number): [value: bigint, length: number] {
  let value = 0n;
  for (let index = from; ; index++) {
    const byte = bytes[index]!;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (index - from));
    if (byte < 0x80) return [value, index - from + 1];
  }
}

describe("the protocol buffers' wire format", () => {
  it('writes the examples of its documentation', () => {
    assert.equal(
      hex((bytes) => bytes.integerField(1, 150)),
      '089601',
    );
    assert.equal(
      hex((bytes) => bytes.textField(2, 'testing')),
      '120774657374696e67',
    );
    assert.equal(
      hex((bytes) =>
        bytes.bytesField(
          3,
          message((inner) => inner.integerField(1, 150)),
        ),
      ),
      '1a03089601',
    );
  });

  it('writes a negative number as ten bytes of its two’s complement', () => {
    assert.equal(
      hex((bytes) => bytes.integerField(1, -1)),
      '08ffffffffffffffffff01',
    );
    assert.equal(
      hex((bytes) => bytes.integerField(1, -2)),
      '08feffffffffffffffff01',
    );
  });

  it('writes numbers of fixed size with the lowest byte first', () => {
    assert.equal(
      hex((bytes) => bytes.doubleField(1, 1)),
      '09000000000000f03f',
    );
    assert.equal(
      hex((bytes) => bytes.floatField(2, 1)),
      '150000803f',
    );
    assert.equal(
      hex((bytes) => bytes.floatField(2, -Infinity)),
      '15000080ff',
    );
    assert.equal(
      hex((bytes) => bytes.flagField(4, true)),
      '2001',
    );
  });

  it('writes field numbers above 15 in two bytes', () => {
    assert.equal(
      hex((bytes) => bytes.integerField(16, 1)),
      '800101',
    );
  });

  it('writes text in UTF-8', () => {
    assert.equal(
      hex((bytes) => bytes.textField(1, 'é∞')),
      '0a05c3a9e2889e',
    );
  });

  it('rounds a fraction, cuts what is out of range, and writes NaN as 0', () => {
    const written = (value: number) =>
      BigInt.asIntN(
        64,
        readVarint(
          message((bytes) => bytes.integerField(1, value)),
          1,
        )[0],
      );
    assert.equal(written(2.5), 3n);
    assert.equal(written(-0.4), 0n);
    assert.equal(written(1e300), 2n ** 63n - 1n);
    assert.equal(written(Infinity), 2n ** 63n - 1n);
    assert.equal(written(-1e300), -(2n ** 63n));
    assert.equal(written(2 ** 60), 2n ** 60n);
    assert.equal(written(NaN), 0n);
  });

  it('writes every whole number so that it reads back', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const bytes = message((inner) => inner.integerField(1, value));
        const [read, length] = readVarint(bytes, 1);
        assert.equal(BigInt.asIntN(64, read), BigInt(value));
        assert.equal(length, bytes.length - 1);
      }),
    );
  });

  it('grows to whatever is written, and can be used again', () => {
    const bytes = new Bytes();
    const long = Buffer.alloc(10_000, 7);
    bytes.bytesField(1, long);
    bytes.integerField(2, 1);
    // A tag, two bytes of length, the data, a tag and a number.
    assert.equal(bytes.length, 1 + 2 + 10_000 + 2);
    assert.deepEqual(bytes.written.subarray(3, 10_003), new Uint8Array(long));
    bytes.clear();
    bytes.integerField(2, 1);
    assert.deepEqual([...bytes.written], [16, 1]);
  });
});
