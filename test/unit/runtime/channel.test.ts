import fc from 'fast-check';
import assert from 'node:assert/strict';
import { createChannel, createFrameWriter, drain } from '../../../src/runtime/trial/channel.ts';
import { createFrameDecoder, recorderFrame } from '../../../src/runtime/trial/frames.ts';

type Record = { point: [metric: number, step: number, value: number] } | { message: unknown };

/** A channel whose bytes are cut into pieces of the given lengths, over and over, before they are decoded. */
function createLoop(lengths: readonly number[]) {
  const channel = createChannel();
  const received: Record[] = [];
  const decode = createFrameDecoder({
    point: (...point) => received.push({ point }),
    message: (message) => received.push({ message }),
  });
  let cuts = 0;
  const carry = () => {
    drain(channel, (bytes) => {
      for (let start = 0; start < bytes.length;) {
        const length = Math.min(lengths[cuts++ % lengths.length]!, bytes.length - start);
        decode(bytes.slice(start, start + length));
        start += length;
      }
    });
  };
  return { writer: createFrameWriter(channel), carry, decode, received };
}

describe('the way from a trial to its recorder', () => {
  it('carries points and messages whole and in order, however the bytes are cut', () => {
    const record: fc.Arbitrary<Record> = fc.oneof(
      fc.tuple(fc.nat(1000), fc.double(), fc.double()).map((point) => ({ point })),
      fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => ({ message: { text } })),
    );
    fc.assert(
      fc.property(fc.array(record), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (records, lengths) => {
        const { writer, carry, received } = createLoop(lengths);
        for (const one of records) {
          if ('point' in one) writer.point(...one.point);
          else writer.message(JSON.stringify(one.message));
        }
        carry();
        assert.deepEqual(received, records);
      }),
    );
  });

  it('goes round its ring many times', () => {
    const { writer, carry, received } = createLoop([100_000]);
    let sent = 0;
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 10_007; i++) writer.point(3, sent, sent++ / 3);
      writer.message(JSON.stringify({ round, padding: 'é'.repeat(round * 1000) }));
      carry();
    }
    assert.equal(received.length, sent + 40);
    const points = received.flatMap((record) => ('point' in record ? [record.point] : []));
    assert.ok(points.every(([metric, step, value], i) => metric === 3 && step === i && value === i / 3));
    const messages = received.flatMap((record) => ('message' in record ? [record.message] : []));
    assert.deepEqual(messages[39], { round: 39, padding: 'é'.repeat(39_000) });
  });

  it("lets the recorder's own messages stand between the parts of a long one", () => {
    const { writer, carry, decode, received } = createLoop([1 << 20]);
    const long = { text: 'x'.repeat(100_000) };
    writer.message(JSON.stringify(long));
    const channelBytes: Uint8Array[] = [];
    const channel = createChannel();
    createFrameWriter(channel).message(JSON.stringify(long));
    drain(channel, (bytes) => channelBytes.push(bytes.slice()));
    const bytes = Buffer.concat(channelBytes);
    const firstPart = 8 + (1 << 15);
    decode(bytes.subarray(0, firstPart));
    decode(recorderFrame({ own: true }));
    decode(bytes.subarray(firstPart));
    carry();
    assert.deepEqual(received, [{ message: { own: true } }, { message: long }, { message: long }]);
  });
});
