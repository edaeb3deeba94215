import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCompiled } from '../../../src/runtime/trial/compiled-bundle.ts';

describe('a bundle that is loaded with what V8 compiled before', () => {
  let folder: string;
  let compiled: string;
  let file: string;
  const cache = process.env.MARGINALIA_CACHE;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'marginalia-'));
    process.env.MARGINALIA_CACHE = join(folder, 'cache');
    compiled = join(folder, 'cache/compiled');
    file = join(folder, 'bundle.cjs');
    await write(42);
  });
  afterEach(() => {
    if (cache === undefined) delete process.env.MARGINALIA_CACHE;
    else process.env.MARGINALIA_CACHE = cache;
    return rm(folder, { recursive: true, force: true });
  });

  const write = (answer: number) =>
    writeFile(file, `const inner = () => ${answer}; exports.answer = () => inner(); exports.file = __filename;`);
  const load = () => {
    const { exports, keep } = loadCompiled(file);
    return { keep, ...(exports as { answer: () => number; file: string }) };
  };
  const kept = async () => {
    const names = await readdir(compiled);
    return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(compiled, name)) })));
  };

  it('is what require gives, and other modules get the same', () => {
    const bundle = load();
    assert.equal(bundle.answer(), 42);
    assert.equal(bundle.file, file);
    assert.equal((createRequire(file)(file) as { answer: unknown }).answer, bundle.answer);
  });

  it('keeps its code once, and takes it as long as it is the same source', async () => {
    load().keep();
    const first = await kept();
    assert.equal(first.length, 1);
    const again = load();
    again.keep();
    assert.equal(again.answer(), 42);
    assert.deepEqual(await kept(), first);
  });

  it('is compiled anew when its source is another, of the same length too', async () => {
    load().keep();
    await write(43);
    const other = load();
    assert.equal(other.answer(), 43);
    other.keep();
    assert.equal((await kept()).length, 2);
  });

  it('tells its own place in stacks, not that of an equal bundle elsewhere', async () => {
    const source = 'exports.fail = () => { throw new Error(); };';
    const stackOf = async (name: string) => {
      const place = join(folder, name);
      await writeFile(place, source);
      const { exports, keep } = loadCompiled(place);
      try {
        (exports as { fail: () => void }).fail();
      } catch (error) {
        keep();
        return (error as Error).stack!;
      }
      throw new Error('It did not fail.');
    };
    assert.match(await stackOf('first.cjs'), /first\.cjs:1/);
    await mkdir(join(folder, 'other'));
    assert.match(await stackOf('other/first.cjs'), /other.first\.cjs:1/);
  });

  it('is compiled anew where what was kept is damaged, and kept again', async () => {
    load().keep();
    const [whole] = await kept();
    const path = join(compiled, whole!.name);
    for (const damaged of [
      Buffer.alloc(0),
      whole!.bytes.subarray(0, 100),
      whole!.bytes.map((byte, at) => (at === 90 ? byte ^ 1 : byte)),
      Buffer.alloc(whole!.bytes.length),
    ]) {
      await writeFile(path, damaged);
      const bundle = load();
      assert.equal(bundle.answer(), 42);
      bundle.keep();
      assert.equal((await readFile(path)).length > 100, true);
      assert.equal(load().answer(), 42);
    }
  });

  it('is loaded where nothing can be kept', async () => {
    await writeFile(join(folder, 'cache'), 'a file where a folder should be');
    const bundle = load();
    bundle.keep();
    assert.equal(bundle.answer(), 42);
    assert.ok(!existsSync(compiled));
  });

  it('makes room: code that nobody wrote for a month goes when other code comes', async () => {
    await mkdir(compiled, { recursive: true });
    const [old, young] = [join(compiled, 'old'), join(compiled, 'young')];
    for (const path of [old, young]) await writeFile(path, 'code');
    const days = (count: number) => new Date(Date.now() - count * 86_400_000);
    await utimes(old, days(40), days(40));
    await utimes(young, days(20), days(20));
    load().keep();
    assert.ok(!existsSync(old) && existsSync(young));
  });
});
