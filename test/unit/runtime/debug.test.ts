import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runFiles } from '../../../src/runtime/runs/run-files.ts';
import { runProcessCommand } from '../../../src/runtime/runs/start.ts';
import { createWorkplace, distribution, experimentSource, type Workplace } from './built.ts';

describe('debugging a run', () => {
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  it('is a command that a debugger runs, one trial after another, in processes that it can follow', async () => {
    const hook = await place.write(
      'hook.cjs',
      "require('node:fs').appendFileSync(process.env.HOOKED, process.argv[1] + '\\n');",
    );
    const file = await place.write('my experiment.ts', experimentSource({ trial: 'log(0, { loss: 1 });' }));
    const command = runProcessCommand({ distribution: distribution(), file, runsFolder: place.runsFolder, jobs: 8 });
    assert.equal(dirname(command.folder), place.runsFolder);
    const hooked = join(place.folder, 'hooked');
    // As a debugger does: what every Node process of the run is to load stands in the environment.
    const child = spawn(process.execPath, [command.program, ...command.args], {
      env: { ...process.env, NODE_OPTIONS: `--require ${JSON.stringify(hook)}`, HOOKED: hooked },
      stdio: 'ignore',
    });
    assert.equal(await new Promise((resolve) => child.once('exit', resolve)), 0);
    const state = await place.read(command.folder);
    assert.equal(state.record.id, command.id);
    assert.equal(state.record.jobs, 1);
    // A recorder is a thread: it loads the hook too, and has no file of its own.
    const loaded = (await readFile(hooked, 'utf8'))
      .trim()
      .split('\n')
      .filter((program) => program !== 'undefined');
    assert.deepEqual([...new Set(loaded)].sort(), [command.program, join(distribution(), 'trial.cjs')]);
  });

  it("leads from the code that runs to the lines of the user's own files", async () => {
    await place.write('helper.ts', 'export const helped = (x: number): number =>\n  x + 1; // in the helper\n');
    const before = "import { helped } from './helper';";
    const file = await place.write(
      'my experiment.ts',
      experimentSource({ before, trial: 'log(0, { loss: helped(1) }); // here' }),
    );
    const run = await place.start(file, { seeds: 1 });
    assert.equal(await run.ended, 'completed');
    const { bundle } = runFiles(run.folder);
    const code = (await readFile(bundle, 'utf8')).split('\n');
    assert.ok(code.some((text) => text.startsWith('//# sourceMappingURL=experiment.cjs.map')));
    const map = JSON.parse(await readFile(`${bundle}.map`, 'utf8')) as SourceMapPayload;
    assert.deepEqual(
      map.sources.map((source) => fileURLToPath(source)).sort(),
      [join(place.folder, 'helper.ts'), file].sort(),
    );
    const placeOf = (text: string) => {
      const line = code.findIndex((one) => one.includes(text));
      const entry = new SourceMap(map).findEntry(line, code[line]!.indexOf(text));
      assert.ok('originalSource' in entry);
      return [fileURLToPath(entry.originalSource), entry.originalLine];
    };
    assert.deepEqual(placeOf('log(0'), [file, 9]);
    assert.deepEqual(placeOf('x + 1'), [join(place.folder, 'helper.ts'), 1]);
  });
});
