/** Four 32-bit words, not all zero. */
export type XoshiroState = readonly [number, number, number, number];

/** A stream of 32-bit unsigned numbers. */
export interface Xoshiro {
  next: () => number;
  save: () => XoshiroState;
  restore: (state: XoshiroState) => void;
}

/**
 * The generator xoshiro128** 1.1 of Blackman and Vigna ("Scrambled linear pseudorandom number generators", 2021):
 * period 2^128 - 1.
 */
export function xoshiro128starstar(state: XoshiroState): Xoshiro {
  let [a, b, c, d] = state;
  return {
    next() {
      const product = Math.imul(b, 5);
      const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
      return result;
    },
    save: () => [a, b, c, d],
    restore(state) {
      [a, b, c, d] = state;
    },
  };
}
