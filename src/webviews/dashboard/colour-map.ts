import { type Colour, fromOklch } from '../colour.ts';

/** Colours for numbers from 0 to 1. Lightness runs one way, so that order survives grey printing and colour blindness. */
export type ColourMap = (share: number) => Colour;

/**
 * Two families with hues apart, for layers that lie on one another: `cool` for surfaces, from near the theme's background
 * to far from it; `warm` for what lies on top and has to stand out from any of it.
 */
export function colourMap(family: 'cool' | 'warm', dark: boolean): ColourMap {
  if (family === 'warm') {
    return (share) => {
      const place = Math.min(1, Math.max(0, share));
      return dark
        ? fromOklch(0.6 + 0.35 * place, 0.2 - 0.1 * place, 5 + 90 * place)
        : fromOklch(0.72 - 0.4 * place, 0.18 - 0.06 * place, 75 - 75 * place);
    };
  }
  const [from, to] = dark ? [0.3, 0.95] : [0.95, 0.35];
  return (share) => {
    const lightness = from + (to - from) * Math.min(1, Math.max(0, share));
    // From violet through teal to yellow by lightness, so that both themes agree.
    const height = (lightness - 0.3) / 0.65;
    const chroma = 0.05 + 0.4 * height * (1 - height) + 0.06 * height;
    return fromOklch(lightness, Math.min(0.15, chroma), 300 - 195 * height);
  };
}

/** Where a value lies between two others, 0 to 1; a half where they are one. */
export function shareOf(value: number, min: number, max: number): number {
  return max > min ? Math.min(1, Math.max(0, (value - min) / (max - min))) : 0.5;
}
