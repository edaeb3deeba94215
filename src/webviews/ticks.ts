import { formatNumber, formatPower } from './format.ts';

/** A closed interval of an axis, `min < max`. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export interface Tick {
  readonly value: number;
  /** Empty for a tick that has a grid line and no label. */
  readonly label: string;
}

/** Steps of 1, 2 or 5 times a power of ten such that about `count` of them span the range. */
function niceStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const ratio = rough / power;
  return (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10) * power;
}

/** Round positions on a linear axis, labelled with as many digits as tell neighbours apart. */
export function linearTicks({ min, max }: Range, count: number): Tick[] {
  const span = max - min;
  if (!(span > 0) || !Number.isFinite(span)) return [{ value: min, label: formatNumber(min) }];
  const step = niceStep(span, count);
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  const largest = Math.max(Math.abs(min), Math.abs(max));
  const digits = Math.min(15, Math.max(1, Math.floor(Math.log10(largest)) - Math.floor(Math.log10(step)) + 1));
  const ticks: Tick[] = [];
  for (let index = first; index <= last; index++) {
    // Through a decimal string, so that 3 × 0.1 is 0.3.
    const value = Number((index * step).toPrecision(15));
    ticks.push({ value, label: formatNumber(value, digits) });
  }
  return ticks;
}

/** Powers of ten on a logarithmic axis (`min > 0`), with 2 and 5 between them where there is room; under one decade, round numbers. */
export function logTicks({ min, max }: Range, count: number): Tick[] {
  const decades = Math.log10(max / min);
  if (!(decades > 0)) return [{ value: min, label: formatNumber(min) }];
  const from = Math.floor(Math.log10(min) + 1e-9);
  const to = Math.ceil(Math.log10(max) - 1e-9);
  if (decades < 1) return linearTicks({ min, max }, count).filter((tick) => tick.value > 0);
  const every = Math.max(1, Math.ceil((to - from) / Math.max(1, count)));
  const between = every === 1 && decades * 3 <= count ? [1, 2, 5] : [1];
  const short = from >= -3 && to <= 4;
  const ticks: Tick[] = [];
  for (let exponent = from; exponent <= to; exponent++) {
    for (const factor of between) {
      const value = Number(`${factor}e${exponent}`);
      if (value < min * (1 - 1e-9) || value > max * (1 + 1e-9)) continue;
      const label =
        exponent % every !== 0
          ? ''
          : short
            ? formatNumber(value)
            : `${factor === 1 ? '' : `${factor}×`}${formatPower(exponent)}`;
      ticks.push({ value, label });
    }
  }
  return ticks;
}
