import { realpathSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import type { Experiment } from '../sdk/experiment.ts';
import type { Sdk } from './sdk.ts';

/** How a bundle asks for the sdk: by name or, in runs of earlier versions, by where it lay in the version that compiled it. */
const asksForSdk = /^marginalia$|[\\/]sdk\.cjs$/;

/** The bundle whose `require` answers with the sdk of this process. */
let answered: string | undefined;

/**
 * Evaluates the compiled experiment afresh, so that nothing which one trial left in a module reaches the next. The module
 * `marginalia` is this process's own, whichever version of the product has compiled the experiment.
 *
 * @returns the experiment, or `undefined` where the module's default export is none.
 * @throws whatever the module's own code throws.
 */
export function loadExperiment(bundle: string, sdk: Sdk): Experiment | undefined {
  const file = realpathSync(bundle);
  if (answered === undefined) answerWith(sdk);
  answered = file;
  const require = createRequire(file);
  Reflect.deleteProperty(require.cache, file);
  const module = require(file) as { default?: unknown } | undefined;
  // JavaScript modules may be written as `module.exports = experiment({ … })`.
  return [module?.default, module].find((value) => sdk.isExperiment(value));
}

/** Lets `require` answer with the sdk where the bundle asks for it. */
function answerWith(sdk: Sdk): void {
  const { require } = Module.prototype as { require: (this: Module, id: string) => unknown };
  Object.assign(Module.prototype, {
    require(this: Module, id: string): unknown {
      return this.filename === answered && asksForSdk.test(id) ? sdk : require.call(this, id);
    },
  });
}
