import type { Arm } from '../../sdk/experiment.ts';

/** Names of the colours that the style sheet defines for light and for dark. */
export const hues = ['blue', 'vermilion', 'green', 'purple', 'amber', 'sky', 'grey'] as const;
export type Hue = (typeof hues)[number];

/** How an arm is drawn everywhere. Its dashes tell it apart where colours cannot. */
export interface ArmStyle {
  readonly hue: Hue;
  /** Lengths of dashes and gaps as SVG wants them; empty for a solid line. */
  readonly dashes: string;
  readonly width: number;
}

/** The first hue of a role is its own where it can be; grey is kept for what does not compete. */
const huesOf: Readonly<Record<Arm['role'], readonly Hue[]>> = {
  method: ['blue', 'sky', 'purple'],
  baseline: ['vermilion', 'green', 'amber', 'purple', 'sky'],
  ablation: ['purple', 'sky', 'amber', 'green'],
  reference: ['grey'],
};

const dashes = ['6 3', '2 2.5', '10 3 2 3', '12 4', '4 2 1 2', '1 3'];

/** A style for each arm, the same for the same arms in the same order. The first method alone is solid and bold. */
export function styleArms(
  arms: readonly { readonly name: string; readonly role: Arm['role'] }[],
): Map<string, ArmStyle> {
  const styles = new Map<string, ArmStyle>();
  const uses = new Map<Hue, number>();
  const lead = arms.find(({ role }) => role === 'method')?.name;
  let others = 0;
  for (const { name, role } of arms) {
    const hue = huesOf[role].reduce((best, next) => ((uses.get(next) ?? 0) < (uses.get(best) ?? 0) ? next : best));
    uses.set(hue, (uses.get(hue) ?? 0) + 1);
    styles.set(
      name,
      name === lead ? { hue, dashes: '', width: 2.5 } : { hue, dashes: dashes[others++ % dashes.length]!, width: 1.75 },
    );
  }
  return styles;
}

/** A short stretch of an arm's line, for a table or legend that names the arm beside it. */
export function armSwatch({ hue, dashes, width }: ArmStyle): string {
  return `<svg class="swatch ${hue}" viewBox="0 0 32 10" width="32" height="10" aria-hidden="true"><path class="line" d="M1 5H31" stroke-width="${width}" stroke-dasharray="${dashes}"/></svg>`;
}
