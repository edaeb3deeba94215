import { registerAddedGradients } from './added.ts';
import { registerComparisonGradients } from './comparisons.ts';
import { registerFusedGradients } from './fused.ts';
import type { GradientHome } from './gradient-home.ts';
import { registerMendedGradients } from './mended.ts';
import { registerRefusals } from './refused.ts';
import { registerSelectionGradients } from './selections.ts';

/** Makes everything that the sdk offers train as it should. Call it after an engine has loaded, and with its own functions. */
export function registerGradients(tf: GradientHome): void {
  registerComparisonGradients(tf);
  registerFusedGradients(tf);
  registerMendedGradients(tf);
  registerSelectionGradients(tf);
  registerAddedGradients(tf);
  registerRefusals(tf);
}
