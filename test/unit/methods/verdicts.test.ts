import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { verdictPages } from '../../../scripts/build/verdicts.mjs';
import { loadMethods } from '../../../src/corpus/load-methods.ts';
import { readVerdicts } from '../../../src/corpus/verdicts.ts';
import { distribution } from '../runtime/built.ts';

const file = 'snippets/verdicts.json';
const mend = 'Run `npm run verify`.';

describe('the recorded verdicts', () => {
  const { verdicts, problems } = readVerdicts(readFileSync(file, 'utf8'), file);

  it('are there for every method as it stands now, and for nothing else', async () => {
    assert.deepEqual(problems, []);
    const methods = await loadMethods(distribution());
    const stale = methods.filter(({ id, hash }) => verdicts[id]?.hash !== hash).map(({ id }) => id);
    assert.deepEqual(stale, [], `These are missing or stale. ${mend}`);
    assert.deepEqual(Object.keys(verdicts).sort(), methods.map(({ id }) => id).sort(), mend);
  });

  it('are decided, over at least five seeds', () => {
    for (const [id, { verdict, seeds }] of Object.entries(verdicts)) {
      assert.notEqual(verdict, 'inconclusive', `${id} needs more seeds`);
      assert.ok(seeds >= 5, id);
    }
  });

  it('do not hold without the idea: some baseline or ablation in the place of the method breaks the claim', () => {
    for (const [id, { verdict, sabotage }] of Object.entries(verdicts)) {
      assert.ok(Object.keys(sabotage).length > 0, id);
      if (verdict === 'holds') assert.ok(Object.values(sabotage).includes('fails'), id);
    }
  });

  it('say in the card why, where a claim fails', async () => {
    for (const { id, notes, verdict } of await loadMethods(distribution())) {
      if (verdict?.verdict === 'fails') assert.match(notes ?? '', /fail|not hold/, id);
    }
  });

  it('stand in docs/verdicts.md with their curves', () => {
    const pages = verdictPages();
    for (const [path, text] of pages) {
      assert.ok(existsSync(path), `${path} is missing. ${mend}`);
      assert.equal(readFileSync(path, 'utf8'), text, `${path} is not what the verdicts say. ${mend}`);
    }
    assert.equal(readdirSync('docs/images/verdicts').length, pages.size - 1);
  });
});
