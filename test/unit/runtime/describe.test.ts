import assert from 'node:assert/strict';
import { describeExperiment } from '../../../src/runtime/runs/describe.ts';
import { createWorkplace, distribution, experimentSource, type Workplace } from './built.ts';

describe('describing an experiment', () => {
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  const describeFile = (file: string, signal?: AbortSignal) =>
    describeExperiment(file, { distribution: distribution(), ...(signal !== undefined && { signal }) });

  it('tells what it declares', async () => {
    const params =
      "{ steps: int(5, { min: 1, max: 10, about: 'steps' }), kind: choice('a', { choices: ['a', 'b'], about: 'kind' }) }";
    const before = "console.log('printed while loading');";
    const file = await place.write('my experiment.ts', experimentSource({ trial: '', params, before }));
    const described = await describeFile(file);
    assert.ok('description' in described, JSON.stringify(described));
    assert.equal(described.description.paper, 'test');
    assert.equal(described.description.statement, 'fast is no worse');
    assert.deepEqual(Object.keys(described.description.arms), ['fast', 'slow']);
    assert.deepEqual(described.description.params.kind, {
      type: 'choice',
      default: 'a',
      choices: ['a', 'b'],
      about: 'kind',
    });
  });

  it('tells where it cannot be compiled or loaded', async () => {
    const errorOf = async (name: string, text: string) => {
      const described = await describeFile(await place.write(name, text));
      return 'error' in described ? described.error : undefined;
    };
    const compile = await errorOf('compile.ts', 'export default 1 +;');
    assert.deepEqual([compile?.kind, compile?.line], ['compile', 1]);
    const load = await errorOf('load.ts', "\n\nthrow new Error('at load');");
    assert.deepEqual([load?.kind, load?.message, load?.line], ['exception', 'at load', 3]);
    const missing = await errorOf('missing.ts', "import 'no-such-package';");
    assert.match(missing!.message, /no package 'no-such-package' here. Install it/);
    assert.equal((await errorOf('empty.ts', ''))?.kind, 'declaration');
    assert.equal((await errorOf('exit.ts', 'process.exit(0);'))?.kind, 'exit');
  });

  it('can be given up', async () => {
    const file = await place.write('endless.ts', 'for (;;);');
    const controller = new AbortController();
    const described = describeFile(file, controller.signal);
    setTimeout(() => controller.abort(new Error('given up')), 300);
    await assert.rejects(described, /given up/);
    await assert.rejects(describeFile(file, controller.signal), /given up/);
  });

  it('says of a file that is not there that it is not there', async () => {
    const described = await describeFile('/nowhere/experiment.ts');
    assert.ok('error' in described);
    assert.match(described.error.message, /\/nowhere\/experiment\.ts/);
  });
});
