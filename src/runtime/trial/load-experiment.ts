import { createRequire } from 'node:module';
import type { Experiment } from '../sdk/experiment.ts';
import type { Sdk } from './sdk.ts';

/**
 * Evaluates the compiled experiment afresh, so that nothing which one trial left in a module reaches the next.
 *
 * @returns the experiment, or `undefined` where the module's default export is none.
 * @throws whatever the module's own code throws.
 */
export function loadExperiment(bundle: string, sdk: Sdk): Experiment | undefined {
  const require = createRequire(bundle);
  Reflect.deleteProperty(require.cache, bundle);
  const module = require(bundle) as { default?: unknown } | undefined;
  // JavaScript modules may be written as `module.exports = experiment({ … })`.
  return [module?.default, module].find((value) => sdk.isExperiment(value));
}
