import { type Colour, contrast, readable } from '../colour.ts';

export type Role = 'method' | 'baseline' | 'ablation' | 'reference';

export const markerShapes = ['circle', 'square', 'triangle', 'diamond', 'cross', 'plus', 'wedge'] as const;
export type MarkerShape = (typeof markerShapes)[number];

/** How an arm is drawn everywhere: its colour, its dashes, its marker and the width of its line tell it apart, each alone. */
export interface ArmStyle {
  readonly colour: Colour;
  /** Lengths of dashes and gaps in pixels; empty for a solid line. */
  readonly dash: readonly number[];
  readonly marker: MarkerShape;
  readonly width: number;
}

/**
 * Hues that stay apart for all common kinds of colour blindness, after Okabe and Ito (2008). The first belongs to the
 * method; grey is kept for references.
 */
const blue: Colour = [0, 114, 178];
const sky: Colour = [86, 180, 233];
const vermilion: Colour = [213, 94, 0];
const green: Colour = [0, 158, 115];
const purple: Colour = [204, 121, 167];
const orange: Colour = [230, 159, 0];
const grey: Colour = [128, 128, 128];

const hues: Readonly<Record<Role, readonly Colour[]>> = {
  method: [blue, sky, purple],
  baseline: [vermilion, green, orange, purple, sky],
  ablation: [purple, sky, orange, green],
  reference: [grey],
};

const dashes: readonly (readonly number[])[] = [
  [6, 3],
  [2, 2],
  [10, 3, 2, 3],
  [12, 4],
  [4, 2, 1, 2],
  [1, 3],
];

/**
 * Chooses a style for each arm, the same for the same arms in the same order.
 *
 * @param background what the lines are drawn on.
 * @param ratio the least contrast between a line and the background.
 */
export function styleArms(
  arms: readonly { readonly name: string; readonly role: Role }[],
  background: Colour,
  ratio: number,
): ReadonlyMap<string, ArmStyle> {
  const styles = new Map<string, ArmStyle>();
  const taken = new Map<Colour, number>();
  let led = false;
  let dashed = 0;
  for (const [index, { name, role }] of arms.entries()) {
    const leads: boolean = role === 'method' && !led;
    led ||= leads;
    const hue = hues[role].reduce((best, candidate) =>
      (taken.get(candidate) ?? 0) < (taken.get(best) ?? 0) ? candidate : best,
    );
    taken.set(hue, (taken.get(hue) ?? 0) + 1);
    styles.set(name, {
      colour: readable(hue, background, leads ? strongest(hue, background, ratio) : ratio),
      dash: leads ? [] : dashes[dashed++ % dashes.length]!,
      marker: markerShapes[index % markerShapes.length]!,
      width: leads ? 2.5 : 1.5,
    });
  }
  return styles;
}

/** The method stands out more than the others where its hue can without turning white or black. */
function strongest(hue: Colour, background: Colour, ratio: number): number {
  return Math.max(ratio, Math.min(5, contrast(hue, background) + 1.5));
}
