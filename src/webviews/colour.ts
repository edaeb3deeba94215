/** A colour by its red, green and blue, each 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Reads `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb(…)` and `rgba(…)`, leaving opacity out. Undefined for anything else. */
export function parseColour(text: string): Colour | undefined {
  const trimmed = text.trim();
  const hexadecimal = /^#([0-9a-f]{3,8})$/i.exec(trimmed)?.[1];
  if (hexadecimal !== undefined) {
    const wide = hexadecimal.length < 6 ? hexadecimal.replace(/./g, '$&$&') : hexadecimal;
    const channel = (index: number) => parseInt(wide.slice(2 * index, 2 * index + 2), 16);
    return [channel(0), channel(1), channel(2)];
  }
  const channels = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/i.exec(trimmed);
  return channels ? [Number(channels[1]), Number(channels[2]), Number(channels[3])] : undefined;
}

/** Writes a colour for CSS and canvases; `opacity` 0 to 1. */
export function writeColour([red, green, blue]: Colour, opacity = 1): string {
  const rounded = [red, green, blue].map((channel) => Math.round(Math.min(255, Math.max(0, channel))));
  return opacity === 1 ? `rgb(${rounded.join(', ')})` : `rgba(${rounded.join(', ')}, ${opacity})`;
}

function toLinear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function fromLinear(share: number): number {
  return 255 * (share <= 0.0031308 ? 12.92 * share : 1.055 * share ** (1 / 2.4) - 0.055);
}

/** Relative luminance as the accessibility guidelines define it, 0 (black) to 1 (white). */
export function luminance([red, green, blue]: Colour): number {
  return 0.2126 * toLinear(red) + 0.7152 * toLinear(green) + 0.0722 * toLinear(blue);
}

/** Contrast of two colours as the accessibility guidelines define it, 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** The colour a share of the way from one to the other, in light rather than in code values. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const channel = (index: 0 | 1 | 2) => fromLinear(toLinear(from[index]) * (1 - share) + toLinear(to[index]) * share);
  return [channel(0), channel(1), channel(2)];
}

/** The colour itself where it stands out enough from the background, else the nearest one towards white or black that does. */
export function readable(colour: Colour, background: Colour, ratio: number): Colour {
  const goal: Colour = luminance(background) < 0.18 ? [255, 255, 255] : [0, 0, 0];
  for (let share = 0; share < 1; share += 0.02) {
    const candidate = mix(colour, goal, share);
    if (contrast(candidate, background) >= ratio) return candidate;
  }
  return goal;
}

/** A colour by Oklch: lightness 0 to 1, chroma 0 to about 0.3, hue in degrees. Clipped to what a screen shows. */
export function fromOklch(lightness: number, chroma: number, hue: number): Colour {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (share: number) => fromLinear(Math.min(1, Math.max(0, share)));
  return [
    clip(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    clip(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    clip(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}
