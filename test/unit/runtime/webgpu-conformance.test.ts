import type * as Core from '@tensorflow/tfjs-core';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Backends from '../../../src/runtime/backends/backends.ts';
import { distribution } from './built.ts';
import { conformanceCases, type Case } from './conformance/cases.ts';
import { backward, backwardAwaited, deviation, forward, forwardAwaited, valuesOf } from './conformance/engines.ts';
import { computedBy } from './conformance/table.ts';
import { webGpuFindings } from './conformance/webgpu-findings.ts';

/** Largest differences from the plain engine that are allowed, in units of the largest number of a result. */
const tolerance = {
  /** A graphics processor's sines are its own. */
  results: 3e-4,
  gradients: 4e-3,
};

/** The driver with which Chromium plays a graphics processor. */
const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';

describe('every operation of the sdk on webgpu', function () {
  // A graphics processor in software compiles each of its programs first.
  this.timeout(600_000);
  const drivers = process.env.VK_ICD_FILENAMES;
  let tf: typeof Core;

  before(async function () {
    if (process.platform !== 'linux' || !existsSync(softwareDriver)) {
      console.log(`      Not run, because there is no ${softwareDriver}, which the package chromium of Debian brings.`);
      this.skip(); // there is no adapter that is the same on every machine
    }
    process.env.VK_ICD_FILENAMES = softwareDriver;
    const require = createRequire(import.meta.url);
    const { prepareEngine } = require(join(distribution(), 'backends.cjs')) as typeof Backends;
    const options = { distribution: distribution(), experimentFolder: process.cwd() };
    await prepareEngine('cpu', options);
    tf = (await prepareEngine('webgpu', options)).tf as unknown as typeof Core;
    // The engine computes with small tensors on the processor, and these are to tell what becomes of large ones.
    tf.env().set('WEBGPU_CPU_FORWARD', false);
  });
  after(() => {
    if (drivers === undefined) delete process.env.VK_ICD_FILENAMES;
    else process.env.VK_ICD_FILENAMES = drivers;
  });

  it('gives the results and gradients of cpu, but for those that docs/engines.md names', async () => {
    const findings: Record<string, string> = {};
    const details: string[] = [];
    for (const operation of new Set(conformanceCases.map((test) => test.operation))) {
      const own = conformanceCases.filter((test) => test.operation === operation);
      const faults: Fault[] = [];
      for (const test of own) {
        const [fault, detail] = await faultOf(test);
        if (fault === undefined) continue;
        faults.push(fault);
        details.push(`${operation}, ${test.about}: ${fault}, ${detail}`);
      }
      const [first] = faults;
      if (first !== undefined) findings[operation] = faults.length < own.length ? `in part ${first}` : first;
      else {
        const computer = await computedBy(own, 'webgpu', (_, work) => Promise.resolve(work(tf)));
        if (computer !== 'own') findings[operation] = computer;
      }
    }
    assert.deepEqual(findings, webGpuFindings, details.join('\n'));
  });

  type Fault = 'missing' | 'wrong' | 'gradient wrong';

  async function faultOf(test: Case): Promise<[fault?: Fault, detail?: string]> {
    const values = test.inputs.map(valuesOf);
    const compare = async (
      plain: typeof forward,
      awaited: typeof forwardAwaited,
      allowed: number,
    ): Promise<[missing: boolean, detail: string] | undefined> => {
      await tf.setBackend('cpu');
      const expected = plain(tf, test, values);
      await tf.setBackend('webgpu');
      try {
        const different = deviation(await awaited(tf, test, values), expected, allowed);
        return different === undefined ? undefined : [false, different];
      } catch (error) {
        return [true, (error as Error).message];
      }
    };
    const result = await compare(forward, forwardAwaited, tolerance.results);
    if (result !== undefined) return [result[0] ? 'missing' : 'wrong', result[1]];
    if (test.gradient !== 'flows') return [];
    const gradient = await compare(backward, backwardAwaited, tolerance.gradients);
    return gradient === undefined ? [] : ['gradient wrong', gradient[1]];
  }
});
