/** Families of colours for numbers: `cool` for what lies below, `warm` for what lies on it. */
export const families = ['cool', 'warm'] as const;
export type Family = (typeof families)[number];

/** Numbers are drawn in so many colours. */
export const levelCount = 32;

/** The class of the colour for a number, 0 for `min` to 31 for `max`. NaN for NaN. */
export function levelOf(value: number, min: number, max: number): number {
  if (Number.isNaN(value)) return NaN;
  const share = max > min ? (value - min) / (max - min) : 0.5;
  return Math.min(levelCount - 1, Math.max(0, Math.floor(share * levelCount)));
}

/** The class that colours what stands for a number; grey for NaN. */
export function levelClass(
  family: Family,
  value: number,
  { min, max }: { readonly min: number; readonly max: number },
): string {
  const level = levelOf(value, min, max);
  return Number.isNaN(level) ? 'grey' : `${family}-${level}`;
}

/** Lightness of the lowest and the highest level. What lies on something else must be seen at its lowest, too. */
const range = {
  cool: { light: [0.95, 0.34], dark: [0.28, 0.94] },
  warm: { light: [0.8, 0.3], dark: [0.46, 0.94] },
} as const;

/**
 * The style sheet's variables for all levels of both families. Lightness runs one way, so that order survives printing
 * in grey and colour blindness; the lowest level is near the page's background, in light and in dark.
 */
export function levelVariables(dark: boolean): string {
  return families
    .flatMap((family) => {
      const [from, to] = range[family][dark ? 'dark' : 'light'];
      return Array.from({ length: levelCount }, (_, level) => {
        const lightness = from + ((to - from) * level) / (levelCount - 1);
        // From wine through red to sand, or from violet through teal to yellow: by lightness, so that both themes agree.
        const height = (lightness - 0.28) / 0.67;
        const hue = family === 'warm' ? 5 + 80 * height : 295 - 190 * height;
        const chroma = 0.05 + 0.36 * height * (1 - height) + 0.04 * height;
        const percent = (100 * lightness).toFixed(1);
        return `--${family}-${level}:oklch(${percent}% ${Math.min(0.14, chroma).toFixed(3)} ${hue.toFixed(0)});`;
      });
    })
    .join('');
}

/** The rules that give each level its colour, for strokes and for fills. */
export function levelRules(): string {
  return families
    .flatMap((family) =>
      Array.from({ length: levelCount }, (_, level) => `.${family}-${level}{--colour:var(--${family}-${level})}`),
    )
    .join('');
}
