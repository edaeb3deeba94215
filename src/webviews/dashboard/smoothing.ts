import { withRoom } from './series-store.ts';

/**
 * A line smoothed by an exponential moving average that is corrected for its start, as in Adam's moments: at the k-th
 * finite value x, `state ← β·state + (1 − β)·x` and the line is `state / (1 − βᵏ)`. What is not finite stays as it is and
 * leaves the average alone. Keeps its state at every point, so that only what changed is computed again.
 */
export interface Smoothed {
  values: Float64Array;
  readonly strength: number;
  states: Float64Array;
  /** 1 − βᵏ. */
  weights: Float64Array;
}

/** @param strength β, from 0 (as it is) to below 1. */
export function createSmoothed(strength: number): Smoothed {
  return { strength, values: new Float64Array(0), states: new Float64Array(0), weights: new Float64Array(0) };
}

/** Brings the smoothed line up to date with `source`, of which `length` count and those below `from` are as they were. */
export function updateSmoothed(smoothed: Smoothed, source: Float64Array, length: number, from: number): void {
  const { strength } = smoothed;
  smoothed.values = withRoom(smoothed.values, length);
  smoothed.states = withRoom(smoothed.states, length);
  smoothed.weights = withRoom(smoothed.weights, length);
  const { values, states, weights } = smoothed;
  let state = from > 0 ? states[from - 1]! : 0;
  let weight = from > 0 ? weights[from - 1]! : 0;
  for (let index = from; index < length; index++) {
    const value = source[index]!;
    if (Number.isFinite(value)) {
      state = strength * state + (1 - strength) * value;
      weight = strength * weight + (1 - strength);
      values[index] = state / weight;
    } else {
      values[index] = value;
    }
    states[index] = state;
    weights[index] = weight;
  }
}
