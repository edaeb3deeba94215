import type * as Core from '@tensorflow/tfjs-core';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runTrial, type Experiment, type ParameterRecord, type TensorFlow } from 'marginalia';
import { parse } from 'yaml';
import { loadMethods } from '../../../src/corpus/load-methods.ts';
import type * as Backends from '../../../src/runtime/backends/backends.ts';
import { distribution } from '../runtime/built.ts';
import { assertFinite } from './short-run.ts';

/** Every method with its experiment and the parameters that make it short. */
async function shortForms() {
  const methods = await loadMethods(distribution());
  return Promise.all(
    methods.map(async ({ id, family }) => {
      const module = (await import(`../../../snippets/${family}/${id}/experiment.ts`)) as { default: Experiment };
      const card = parse(await readFile(`snippets/${family}/${id}/card.yaml`, 'utf8')) as {
        experiment: { short?: ParameterRecord };
      };
      return { id, experiment: module.default, params: card.experiment.short ?? {} };
    }),
  );
}

/** The everyday engine, as trials get it. */
async function engine(): Promise<typeof Core> {
  const require = createRequire(import.meta.url);
  const { prepareEngine } = require(join(distribution(), 'backends.cjs')) as typeof Backends;
  const options = { distribution: distribution(), experimentFolder: process.cwd() };
  return (await prepareEngine('wasm', options)).tf as unknown as typeof Core;
}

const forms = await shortForms();

describe('every experiment in short form', () => {
  let tf: typeof Core;
  before(async () => (tf = await engine()));

  it('is that of a method in the build', () => assert.ok(forms.length >= 15));

  for (const { id, experiment, params } of forms) {
    const { arms, metrics, compute = 'none' } = experiment.definition;
    const trial = async (arm: string) => {
      const before = tf.memory().numTensors;
      const options = { arm, seed: 0, params, ...(compute !== 'none' && { tf: tf as unknown as TensorFlow }) };
      const record = await runTrial(experiment, options);
      tf.disposeVariables();
      assert.equal(tf.memory().numTensors, before, `${arm} leaves tensors behind`);
      return record;
    };

    it(`${id}: every arm logs finite numbers and leaves no tensor behind, and one seed gives one curve`, async () => {
      const names = Object.keys(arms);
      const records = [];
      for (const arm of names) records.push(await trial(arm));
      assertFinite(records);
      for (const metric of Object.keys(metrics)) {
        assert.ok(
          records.some(({ series }) => (series.curves[metric]?.values.length ?? 0) > 0),
          `no arm logs ${metric}`,
        );
      }
      const method = names.find((arm) => arms[arm]!.role === 'method')!;
      assert.deepEqual((await trial(method)).series, records[names.indexOf(method)]!.series);
    });
  }
});
