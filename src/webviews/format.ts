const counts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Writes a count with thousands separated: `12,345`. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1 point`, `2 points`; the plural is the singular with an s unless given. */
export function formatAmount(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** Writes a power of ten as people do: `10⁻³`. */
export function formatPower(exponent: number): string {
  const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => superscripts[Number(digit)]!);
  return `10${exponent < 0 ? '⁻' : ''}${digits}`;
}

/** Writes `mantissa` × 10^`exponent`, leaving out a mantissa of one. */
function scientific(value: number, significant: number): string {
  const [mantissa = '0', exponent = '0'] = value.toExponential(significant - 1).split('e');
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  const power = formatPower(Number(exponent));
  return trimmed === '1' ? power : `${trimmed}×${power}`;
}

/**
 * Writes a value for reading: `significant` digits at most, a true minus sign, no trailing zeros, powers of ten for what
 * is very large or very small, `NaN` and `∞` by name.
 */
export function formatNumber(value: number, significant = 4): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}∞`;
  if (size === 0) return '0';
  if (size >= 10 ** Math.max(6, significant) || size < 1e-4) return sign + scientific(size, significant);
  const decimals = Math.max(0, Math.min(20, significant - 1 - Math.floor(Math.log10(size))));
  const rounded = Number(size.toFixed(decimals));
  return sign + new Intl.NumberFormat('en-US', { maximumFractionDigits: decimals }).format(rounded);
}

/** Writes a span of time with two units at most: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Writes a share of one as whole per cent; only a finished whole reads `100 %`. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return '0 %';
  return `${share >= 1 ? 100 : Math.min(99, Math.max(0, Math.round(share * 100)))} %`;
}
