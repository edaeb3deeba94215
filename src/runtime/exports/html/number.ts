/** Made once: to make one takes far longer than to use it. */
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 20 });
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A count with its thousands apart: `12,345`. */
export function writeCount(count: number): string {
  return grouped.format(count);
}

/** `1 point`, `2 points`. */
export function writeAmount(count: number, singular: string): string {
  return `${writeCount(count)} ${singular}${count === 1 ? '' : 's'}`;
}

/** `10⁻³`. */
export function writePower(exponent: number): string {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => superscripts.charAt(Number(digit)));
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/**
 * A number for reading: at most so many significant digits, no trailing zeros, a true minus sign, powers of ten for
 * what is very large or very small, `NaN` and `∞` as such.
 */
export function writeNumber(value: number, significant = 4): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}∞`;
  if (size === 0) return '0';
  if (size < 1e-4 || size >= 1e6) {
    const [mantissa, exponent] = size.toExponential(significant - 1).split('e') as [string, string];
    const factor = Number(mantissa) === 1 ? '' : `${Number(mantissa)}×`;
    return `${sign}${factor}${writePower(Number(exponent))}`;
  }
  return sign + grouped.format(Number(size.toPrecision(significant)));
}

/** A span of time in its two largest units: `0.4 s`, `3 min 20 s`, `2 h 5 min`. */
export function writeDuration(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const units: readonly (readonly [name: string, length: number])[] = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, length]) => whole >= length);
  const [name, length] = units[first]!;
  const rest = units[first + 1];
  const restCount = rest === undefined ? 0 : Math.floor((whole % length) / rest[1]);
  return `${Math.floor(whole / length)} ${name}${restCount > 0 ? ` ${restCount} ${rest![0]}` : ''}`;
}
