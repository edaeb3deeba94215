import { logistic } from './logits.ts';
import type { Rng } from './rng.ts';

/**
 * A label after Bradley and Terry: whether the first of two things is preferred, which happens with probability
 * 1 / (1 + exp(-(first - second) / noise)).
 *
 * @param noise scale of the difference that is often judged wrongly; with 0 the higher score always wins and a tie is
 * decided by a coin.
 */
export function prefersFirst(first: number, second: number, rng: Rng, noise = 1): boolean {
  // One draw in every case, so that the noise does not shift what is drawn afterwards.
  const draw = rng.uniform();
  if (noise > 0) return draw < logistic((first - second) / noise);
  return first === second ? draw < 0.5 : first > second;
}
