import { murmur3 } from './murmur.ts';
import { xoshiro128starstar, type XoshiroState } from './xoshiro.ts';

/** A seeded source of random numbers. All draws come from one stream, in the order of the calls. */
export interface Rng {
  /** Uniform in [low, high), with 53 random bits. Default [0, 1). */
  uniform(low?: number, high?: number): number;
  /** Normal with this mean and standard deviation. Default 0 and 1. */
  normal(mean?: number, deviation?: number): number;
  /** Whole number, uniform over `low`, `low + 1`, …, `high - 1`. */
  int(low: number, high: number): number;
  /** One of the items, each as likely. Throws on an empty list. */
  choice<T>(items: readonly T[]): T;
  /** An index, with probability proportional to its weight. Weights are finite, none negative, not all zero. */
  weighted(weights: ArrayLike<number>): number;
  /** The items in random order, as a new array. */
  shuffle<T>(items: readonly T[]): T[];
  /** Beta distributed with the shapes `a` and `b`, both above 0. */
  beta(a: number, b: number): number;
  /**
   * A generator of its own for one purpose: the same for the same name, whatever was or will be drawn here. Use one
   * wherever arms may draw different amounts, so that they still meet the same data.
   */
  split(name: string): Rng;
  /** Where the stream is now, for a checkpoint. */
  save(): RngState;
  /** Goes to where a stream was: what is drawn next is what was drawn after that `save()`. */
  restore(state: RngState): void;
}

/** A place in a generator's stream. */
export interface RngState {
  /** Of xoshiro128**. */
  readonly words: XoshiroState;
  /** The second of two normals that were drawn together, where it has not been used yet. */
  readonly spareNormal?: number;
}

/**
 * A generator seeded by a name and a number. The same two give the same numbers on every machine.
 *
 * @param name what the numbers are for; in a trial the citation key of the paper.
 * @param seed any whole number.
 */
export function createRng(name: string, seed: number): Rng {
  return fromKey(`${name}#${seed}`);
}

function fromKey(key: string): Rng {
  const generator = xoshiro128starstar([
    murmur3(key, 0x9e3779b9),
    murmur3(key, 0x7f4a7c15),
    murmur3(key, 0xf39cc060),
    // A state of zeros would stay there; a set bit costs one of 128.
    (murmur3(key, 0x5cedc834) | 1) >>> 0,
  ]);
  const { next } = generator;
  let spareNormal: number | undefined;

  function uniform(low = 0, high = 1): number {
    const fraction = ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;
    return low + (high - low) * fraction;
  }

  /** Marsaglia's polar method: two independent normals at a time. */
  function normal(mean = 0, deviation = 1): number {
    if (spareNormal !== undefined) {
      const spare = spareNormal;
      spareNormal = undefined;
      return mean + deviation * spare;
    }
    let x: number, y: number, square: number;
    do {
      x = uniform(-1, 1);
      y = uniform(-1, 1);
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    spareNormal = y * factor;
    return mean + deviation * x * factor;
  }

  function int(low: number, high: number): number {
    if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high) {
      throw new RangeError(
        `rng.int(${low}, ${high}): needs whole numbers with low < high (high itself is never drawn).`,
      );
    }
    return low + Math.floor(uniform() * (high - low));
  }

  function choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('rng.choice([]): there is nothing to choose from.');
    return items[int(0, items.length)]!;
  }

  function weighted(weights: ArrayLike<number>): number {
    let total = 0;
    for (let i = 0; i < weights.length; i++) {
      if (!(weights[i]! >= 0))
        throw new RangeError(`rng.weighted: weight ${i} is ${weights[i]!}; weights are 0 or more.`);
      total += weights[i]!;
    }
    if (!(total > 0 && total < Infinity)) {
      throw new RangeError(`rng.weighted: the weights sum to ${total}; at least one must be above 0 and all finite.`);
    }
    let rest = uniform() * total;
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      if (weight === 0) continue;
      last = i;
      rest -= weight;
      if (rest < 0) return i;
    }
    // Rounding can leave a crumb behind the last weight.
    return last;
  }

  function shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = int(0, i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }

  /** Marsaglia and Tsang's method; a shape below 1 is drawn one higher and scaled down. */
  function gamma(shape: number): number {
    if (shape < 1) return gamma(shape + 1) * Math.pow(1 - uniform(), 1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    while (true) {
      const x = normal();
      const cube = (1 + c * x) ** 3;
      if (cube > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * cube + d * Math.log(cube)) return d * cube;
    }
  }

  function beta(a: number, b: number): number {
    if (!(a > 0 && b > 0)) throw new RangeError(`rng.beta(${a}, ${b}): both shapes must be above 0.`);
    const x = gamma(a);
    return x / (x + gamma(b));
  }

  return {
    uniform,
    normal,
    int,
    choice,
    weighted,
    shuffle,
    beta,
    split: (name) => fromKey(`${key}/${name}`),
    save: () => ({ words: generator.save(), ...(spareNormal !== undefined && { spareNormal }) }),
    restore(state) {
      generator.restore(state.words);
      spareNormal = state.spareNormal;
    },
  };
}
