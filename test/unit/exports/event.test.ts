import assert from 'node:assert/strict';
import { Bytes } from '../../../src/runtime/exports/tensorboard/bytes.ts';
import { createScalarEncoder, versionEvent } from '../../../src/runtime/exports/tensorboard/event.ts';
import { appendRecord } from '../../../src/runtime/exports/tensorboard/record.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('TensorBoard events', () => {
  it('begin with the version that readers want', () => {
    assert.equal(
      hex(versionEvent(1)),
      // Field 1, double 1; field 3, 13 bytes.
      '09000000000000f03f' + '1a0d' + Buffer.from('brain.Event:2').toString('hex'),
    );
  });

  it('are framed with their length and two masked checksums', () => {
    const file = new Bytes();
    appendRecord(file, versionEvent(1));
    assert.equal(file.length, 8 + 4 + 24 + 4);
    // The first twelve bytes of every file that TensorFlow itself writes.
    assert.equal(hex(file.written.subarray(0, 12)), '1800000000000000a37f4b22');
  });

  it('carry a scalar with its wall time, step and tag', () => {
    const encoder = createScalarEncoder('loss', '');
    encoder.encode(1, 0, 0);
    assert.equal(
      hex(encoder.encode(1, 300, 0.5)),
      '09000000000000f03f' + // wall time 1
        '10ac02' + // step 300
        '2a0d' + // summary of 13 bytes
        '0a0b' + // value of 11 bytes
        '0a046c6f7373' + // tag "loss"
        '150000003f', // simple value 0.5
    );
  });

  it('describe a tag once, with its first point', () => {
    const encoder = createScalarEncoder('loss', 'What it is.');
    assert.match(Buffer.from(encoder.encode(1, 0, 0)).toString('latin1'), /scalars.*What it is\./s);
    assert.doesNotMatch(Buffer.from(encoder.encode(1, 1, 0)).toString('latin1'), /scalars|What it is\./);
  });
});
