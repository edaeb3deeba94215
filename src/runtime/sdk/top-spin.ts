import type { Rng } from './rng.ts';

/**
 * The TopSpin puzzle: numbered tokens on a ring, a turntable that reverses the first few. A state is a permutation,
 * packed into a number (three bits a token, token of position 0 lowest), so that it can be a key.
 */
export interface TopSpin {
  readonly tokens: number;
  /** The solved state. */
  readonly goal: number;
  /** The state after an action. */
  apply(state: number, action: PuzzleAction): number;
  /** Three actions of cost 1: turn the ring left, turn it right, reverse the turntable. */
  readonly moves: readonly PuzzleAction[];
  /**
   * One action for each different rearrangement that 1 to `longest` moves make, at the cost of the fewest moves that
   * make it: action spaces of very different size for the same puzzle with the same distances.
   */
  actions(longest: number): readonly PuzzleAction[];
  /** Fewest moves to the goal from every state that can reach it. */
  distances(): ReadonlyMap<number, number>;
  /** The state after a number of random moves from the goal. */
  scramble(moves: number, rng: Rng): number;
}

/** A rearrangement: position i receives the token of position `from[i]`. */
export interface PuzzleAction {
  readonly from: readonly number[];
  readonly cost: number;
}

/**
 * A TopSpin puzzle.
 *
 * @param tokens on the ring, 2 to 8 (a packed state has 24 bits).
 * @param turntable how many of them it reverses, 2 to `tokens`.
 */
export function topSpin(tokens: number, turntable: number): TopSpin {
  if (!(Number.isInteger(tokens) && tokens >= 2 && tokens <= 8) || !(turntable >= 2 && turntable <= tokens)) {
    throw new RangeError(`topSpin(${tokens}, ${turntable}): needs 2 to 8 tokens and a turntable of 2 to all of them.`);
  }
  const positions = Array.from({ length: tokens }, (_, i) => i);
  const identity = pack(positions);
  const moves: PuzzleAction[] = [
    { from: positions.map((i) => (i + 1) % tokens), cost: 1 },
    { from: positions.map((i) => (i + tokens - 1) % tokens), cost: 1 },
    { from: positions.map((i) => (i < turntable ? turntable - 1 - i : i)), cost: 1 },
  ];

  function apply(state: number, { from }: PuzzleAction): number {
    let result = 0;
    for (let i = 0; i < tokens; i++) result |= ((state >> (3 * from[i]!)) & 7) << (3 * i);
    return result;
  }

  /** States in the order of their distance from the solved one, up to a distance. */
  function reached(farthest: number): Map<number, number> {
    const distances = new Map([[identity, 0]]);
    for (const [state, distance] of distances) {
      if (distance === farthest) break;
      for (const move of moves) {
        const next = apply(state, move);
        if (!distances.has(next)) distances.set(next, distance + 1);
      }
    }
    return distances;
  }

  return {
    tokens,
    goal: identity,
    apply,
    moves,
    // What moves make of the solved state is the rearrangement itself, and the way back takes as many moves.
    actions: (longest) =>
      Array.from(reached(longest), ([state, cost]) => ({ from: unpack(state, tokens), cost })).slice(1),
    distances: () => reached(Infinity),
    scramble(count, rng) {
      let state = identity;
      for (let i = 0; i < count; i++) state = apply(state, rng.choice(moves));
      return state;
    },
  };
}

function pack(permutation: readonly number[]): number {
  return permutation.reduce((packed, token, i) => packed | (token << (3 * i)), 0);
}

function unpack(state: number, tokens: number): number[] {
  return Array.from({ length: tokens }, (_, i) => (state >> (3 * i)) & 7);
}
