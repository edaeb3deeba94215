import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { sdkReference } from '../../../scripts/build/sdk-reference.mjs';

describe('the reference of the module marginalia', () => {
  it('is what its docstrings say now', async () => {
    const page = readFileSync('docs/sdk.md', 'utf8');
    assert.equal(page, await sdkReference(), 'It is not. Run `node scripts/build/sdk-reference.mjs`.');
  });

  it('describes every function that an experiment may import', () => {
    const page = readFileSync('docs/sdk.md', 'utf8');
    const index = readFileSync('src/runtime/sdk/index.ts', 'utf8').split('// For the runtime')[0]!;
    const names = [...index.matchAll(/^export \{([^}]*)\}/gm)].flatMap((match) => match[1]!.split(','));
    const functions = names.map((name) => name.trim()).filter((name) => name !== '' && !name.startsWith('type '));
    assert.ok(functions.length > 20);
    for (const name of functions) assert.match(page, new RegExp(`^### ${name}$`, 'm'));
  });

  it('has each chapter and each entry once', () => {
    const titles = readFileSync('docs/sdk.md', 'utf8').match(/^##+ .*$/gm) ?? [];
    assert.deepEqual(titles, [...new Set(titles)]);
  });
});
