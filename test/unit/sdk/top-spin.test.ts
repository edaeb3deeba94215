import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng } from '../../../src/runtime/sdk/rng.ts';
import { topSpin } from '../../../src/runtime/sdk/top-spin.ts';

const unpack = (state: number, tokens: number) => Array.from({ length: tokens }, (_, i) => (state >> (3 * i)) & 7);

describe('TopSpin', () => {
  const puzzle = topSpin(8, 4);

  it('turns the ring and reverses the turntable as lists do', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { maxLength: 40 }), (sequence) => {
        let state = puzzle.goal;
        let list = [0, 1, 2, 3, 4, 5, 6, 7];
        for (const move of sequence) {
          state = puzzle.apply(state, puzzle.moves[move]!);
          if (move === 0) list = [...list.slice(1), list[0]!];
          if (move === 1) list = [list[7]!, ...list.slice(0, 7)];
          if (move === 2) list = [...list.slice(0, 4).reverse(), ...list.slice(4)];
        }
        assert.deepEqual(unpack(state, 8), list);
      }),
    );
  });

  it('reaches every permutation of 8 tokens in at most 22 moves', () => {
    const distances = puzzle.distances();
    assert.equal(distances.size, 40_320);
    assert.equal(Math.max(...distances.values()), 22);
    assert.equal(distances.get(puzzle.goal), 0);
  });

  it('has distances of which one move changes at most one, and some move takes one off', () => {
    const distances = puzzle.distances();
    for (const [state, distance] of distances) {
      const after = puzzle.moves.map((move) => distances.get(puzzle.apply(state, move))!);
      assert.ok(after.every((other) => Math.abs(other - distance) <= 1));
      assert.ok(distance === 0 || after.includes(distance - 1));
    }
  });

  it('has 3, 21, 88 and 173 actions of up to 1, 3, 5 and 6 moves, each at the least cost', () => {
    assert.deepEqual(
      [1, 3, 5, 6].map((longest) => puzzle.actions(longest).length),
      [3, 21, 88, 173],
    );
    const distances = puzzle.distances();
    for (const action of puzzle.actions(6)) assert.equal(action.cost, distances.get(puzzle.apply(puzzle.goal, action)));
    // One rearrangement, one action.
    assert.equal(new Set(puzzle.actions(6).map(({ from }) => from.join())).size, 173);
  });

  it('scrambles to the same states for the same generator', () => {
    const scrambled = [0, 0, 1].map((seed) => puzzle.scramble(60, createRng('top-spin', seed)));
    assert.equal(scrambled[0], scrambled[1]);
    assert.notEqual(scrambled[0], scrambled[2]);
    assert.ok(puzzle.distances().has(scrambled[0]!));
  });

  it('refuses sizes that it cannot pack', () => {
    assert.throws(() => topSpin(9, 4), /2 to 8 tokens/);
    assert.throws(() => topSpin(4, 5), /turntable/);
  });
});
