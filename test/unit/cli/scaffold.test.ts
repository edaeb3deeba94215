import assert from 'node:assert/strict';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { marginalia, withFolder } from './marginalia.ts';

describe('marginalia scaffold', () => {
  it("writes the method's experiment where runs are kept beside it", () =>
    withFolder(async (folder) => {
      await mkdir(join(folder, '.git'));
      await mkdir(join(folder, 'deep/down'), { recursive: true });
      const { code, stdout, stderr } = await marginalia(['scaffold', 'rex', '--json'], join(folder, 'deep/down'));
      assert.equal(code, 0, stderr);
      const { file } = JSON.parse(stdout) as { file: string };
      assert.equal(file, join(realpathSync(folder), 'experiments/rex.ts'));
      assert.match(await readFile(file, 'utf8'), /export default experiment\(/);
      assert.ok(existsSync(join(folder, '.marginalia/types/marginalia.d.ts')));
    }));

  it('leaves a file that is there as it is unless told to replace it', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'mine.ts');
      await writeFile(file, 'mine');
      const refused = await marginalia(['scaffold', 'rex', '-o', 'mine.ts'], folder);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /^marginalia: mine\.ts exists and is left as it is\..*--overwrite/);
      assert.equal(await readFile(file, 'utf8'), 'mine');

      const replaced = await marginalia(['scaffold', 'rex', '-o', 'mine.ts', '--overwrite'], folder);
      assert.equal(replaced.code, 0, replaced.stderr);
      assert.match(await readFile(file, 'utf8'), /export default experiment\(/);
    }));

  it('names methods that are alike where there is none of that id', async () => {
    const { code, stderr } = await marginalia(['scaffold', 'q-star']);
    assert.equal(code, 2);
    assert.equal(stderr, 'marginalia: there is no method "q-star". Did you mean q-star-search?\n');
  });
});
