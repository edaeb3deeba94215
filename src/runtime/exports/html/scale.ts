import { writeNumber, writePower } from './number.ts';

export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Where numbers lie on an axis of a drawing. */
export interface Scale {
  readonly logarithmic: boolean;
  /** The numbers at both ends, `min < max`; both above 0 where logarithmic. */
  readonly min: number;
  readonly max: number;
  /** Position of a number; NaN for one that the axis has no place for. */
  readonly position: (value: number) => number;
  /** Marked numbers, ascending, inside the axis. */
  readonly ticks: readonly Tick[];
}

export interface ScaleOptions {
  readonly min: number;
  readonly max: number;
  readonly logarithmic: boolean;
  /** Positions of `min` and `max`. */
  readonly from: number;
  readonly to: number;
  /** About how many ticks there is room for. */
  readonly room: number;
}

/** An axis over the given numbers. An empty range is widened; a logarithmic one that does not begin above 0 is made linear. */
export function createScale({ min: low, max: high, logarithmic: wanted, from, to, room }: ScaleOptions): Scale {
  const logarithmic = wanted && low > 0 && high > 0;
  const [min, max] = widen(low, high, logarithmic);
  const share = logarithmic
    ? (value: number) => (value > 0 ? (Math.log(value) - Math.log(min)) / (Math.log(max) - Math.log(min)) : NaN)
    : // Halves first: the span of very large numbers of both signs is no number.
      (value: number) => (value / 2 - min / 2) / (max / 2 - min / 2);
  return {
    logarithmic,
    min,
    max,
    position: (value) => from + share(value) * (to - from),
    ticks: logarithmic ? logarithmicTicks(min, max, room) : linearTicks(min, max, room),
  };
}

function widen(low: number, high: number, logarithmic: boolean): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  // A range that numbers have no digits left to divide is as good as empty.
  if (high / 2 - low / 2 > size * 1e-12 + 1e-300) return [low, high];
  if (!Number.isFinite(low) || !Number.isFinite(high)) return logarithmic ? [0.1, 10] : [0, 1];
  if (logarithmic) return [Math.max(low / 2, Number.MIN_VALUE), Math.min(high * 2, Number.MAX_VALUE)];
  const margin = size < 1e-290 ? 0.5 : size * 0.1;
  return [Math.max(low - margin, -Number.MAX_VALUE), Math.min(high + margin, Number.MAX_VALUE)];
}

function linearTicks(min: number, max: number, room: number): Tick[] {
  const rough = (max / 2 - min / 2) / (Math.max(1, room) / 2);
  const power = 10 ** Math.floor(Math.log10(rough));
  const ratio = rough / power;
  const step = (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10) * power;
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  // As many digits as tell neighbours apart.
  const largest = Math.max(Math.abs(min), Math.abs(max));
  const digits = Math.min(15, Math.max(1, Math.floor(Math.log10(largest)) - Math.floor(Math.log10(step)) + 1));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    // Through decimals, so that three steps of 0.1 are 0.3.
    const value = Number(((first + index) * step).toPrecision(15));
    return { value, label: writeNumber(value, digits) };
  });
}

function logarithmicTicks(min: number, max: number, room: number): Tick[] {
  const decades = Math.log10(max) - Math.log10(min);
  if (decades < 1) return linearTicks(min, max, room).filter((tick) => tick.value > 0);
  const every = Math.ceil(decades / room);
  const factors = every === 1 && decades * 3 <= room ? [1, 2, 5] : [1];
  const ticks: Tick[] = [];
  for (let exponent = Math.floor(Math.log10(min)); exponent <= Math.log10(max) + 1e-9; exponent++) {
    if (exponent % every !== 0) continue;
    for (const factor of factors) {
      const value = Number(`${factor}e${exponent}`);
      if (value < min * (1 - 1e-9) || value > max * (1 + 1e-9)) continue;
      const plain = exponent >= -3 && exponent <= 5;
      ticks.push({ value, label: plain || factor !== 1 ? writeNumber(value) : writePower(exponent) });
    }
  }
  return ticks;
}
