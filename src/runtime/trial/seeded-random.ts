import type { Rng, RngState } from '../sdk/rng.ts';
import type { CheckpointFiles } from './checkpoint.ts';

/**
 * Makes the language's own random numbers those of a generator of the trial's. The random operations of tensor engines take
 * their seeds from them, as do packages that know of no seed, so that a trial comes out the same again whatever it uses.
 *
 * @returns the generator.
 */
export function seedOwnRandom(rng: Rng): Rng {
  Object.assign(Math, { random: () => rng.uniform() });
  return rng;
}

/** Checkpoints that also hold where that generator is, so that a trial that goes on draws what it would have. */
export function withRandom(files: CheckpointFiles, rng: Rng): CheckpointFiles {
  return {
    restore() {
      const kept = files.restore() as { readonly state: unknown; readonly random: RngState } | undefined;
      if (kept === undefined) return undefined;
      rng.restore(kept.random);
      return kept.state;
    },
    save: (state) => files.save({ state, random: rng.save() }),
  };
}
