import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scaffoldExperiment, type ScaffoldOptions } from '../../../src/runtime/scaffold.ts';

describe('a scaffold', () => {
  let folder: string;
  let options: ScaffoldOptions;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'marginalia-scaffold-'));
    await mkdir(join(folder, 'dist/types'), { recursive: true });
    await writeFile(join(folder, 'dist/types/marginalia.d.ts'), "declare module 'marginalia' {}\n");
    await mkdir(join(folder, 'snippets/optimization/rex'), { recursive: true });
    await writeFile(join(folder, 'snippets/optimization/rex/experiment.ts'), '// the experiment\n');
    options = {
      distribution: join(folder, 'dist'),
      snippets: join(folder, 'snippets'),
      method: { id: 'rex', family: 'optimization' },
      target: join(folder, 'work/experiments/deep/rex.ts'),
      workspaceRoot: join(folder, 'work'),
    };
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is the method’s experiment, behind a reference to the declarations', async () => {
    assert.deepEqual(await scaffoldExperiment(options), { file: options.target });
    assert.equal(
      await readFile(options.target, 'utf8'),
      '/// <reference path="../../.marginalia/types/marginalia.d.ts" />\n// the experiment\n',
    );
    assert.match(await readFile(join(folder, 'work/.marginalia/types/marginalia.d.ts'), 'utf8'), /declare module/);
    assert.equal(await readFile(join(folder, 'work/.marginalia/.gitignore'), 'utf8'), '*\n');
  });

  it('leaves a file alone that is in the way', async () => {
    await mkdir(join(folder, 'work/experiments/deep'), { recursive: true });
    await writeFile(options.target, 'mine');
    assert.deepEqual(await scaffoldExperiment(options), { exists: options.target });
    assert.equal(await readFile(options.target, 'utf8'), 'mine');
  });

  it('replaces a file when told to', async () => {
    await scaffoldExperiment(options);
    await writeFile(options.target, 'mine');
    assert.deepEqual(await scaffoldExperiment({ ...options, overwrite: true }), { file: options.target });
    assert.match(await readFile(options.target, 'utf8'), /the experiment/);
  });

  it('brings the declarations up to date and leaves what a person wrote into .gitignore', async () => {
    await scaffoldExperiment(options);
    const types = join(folder, 'work/.marginalia/types/marginalia.d.ts');
    await writeFile(types, 'old');
    await writeFile(join(folder, 'work/.marginalia/.gitignore'), 'runs/\n');
    await scaffoldExperiment({ ...options, target: join(folder, 'work/rex.ts') });
    assert.match(await readFile(types, 'utf8'), /declare module/);
    assert.equal(await readFile(join(folder, 'work/.marginalia/.gitignore'), 'utf8'), 'runs/\n');
    assert.match(await readFile(join(folder, 'work/rex.ts'), 'utf8'), /path="\.marginalia\/types/);
  });

  it('does not touch declarations that are as they should be', async () => {
    await scaffoldExperiment(options);
    const types = join(folder, 'work/.marginalia/types/marginalia.d.ts');
    const before = await stat(types);
    await scaffoldExperiment(options);
    assert.equal((await stat(types)).mtimeMs, before.mtimeMs);
  });

  it('says what to do where the method has no experiment here', async () => {
    const unknown = { ...options, method: { id: 'nothing', family: 'none' } };
    await assert.rejects(
      scaffoldExperiment(unknown),
      /"nothing" is not in this installation.*Install Marginalia again/,
    );
  });
});
