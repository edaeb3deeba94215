import fc from 'fast-check';
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  problemOfCheckpoint,
  readCheckpoint,
  serializeState,
  writeCheckpoint,
} from '../../../src/runtime/runs/checkpoints.ts';

describe("a checkpoint's file", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'marginalia-'));
    file = join(folder, 'checkpoints', 'fast#0.1');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives back what was written, and leaves nothing beside it', async () => {
    const state = { step: 3, weights: Float32Array.of(1, NaN, -0), names: new Map([['a', 1n]]) };
    writeCheckpoint(file, serializeState(state));
    assert.deepEqual(readCheckpoint(file), state);
    assert.equal(problemOfCheckpoint(file), undefined);
    assert.deepEqual(await readdir(join(folder, 'checkpoints')), ['fast#0.1']);
  });

  it('is never taken for whole once it is damaged or cut short', async () => {
    const state = { step: 3, weights: new Float32Array(200).map((_, index) => index) };
    writeCheckpoint(file, serializeState(state));
    const good = await readFile(file);
    const damage = fc.record({
      at: fc.nat(good.length - 1),
      bytes: fc.option(fc.uint8Array({ minLength: 1, maxLength: 4 })),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, bytes }) => {
        const bad = bytes === null ? good.subarray(0, at) : Buffer.from(good);
        if (bytes !== null) Buffer.from(bytes).copy(bad, at);
        await writeFile(file, bad);
        if (!bad.equals(good)) assert.notEqual(problemOfCheckpoint(file), undefined);
        else assert.deepEqual(readCheckpoint(file), state);
      }),
    );
  });

  it('that is missing says so', () => {
    assert.equal(problemOfCheckpoint(file), 'it is missing');
  });
});
