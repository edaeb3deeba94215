import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { familyName } from '../../../src/corpus/family-name.ts';

describe('the name of a family', () => {
  it('is its folder in words, with initials as initials', () => {
    assert.equal(familyName('combinatorial-optimization'), 'Combinatorial optimization');
    assert.equal(familyName('offline-rl'), 'Offline RL');
    assert.equal(familyName('llm-agents'), 'LLM agents');
    assert.equal(familyName('benchmark-env'), 'Benchmark environments');
  });

  it('is another for each family', () => {
    const families = readdirSync('snippets', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.equal(new Set(families.map(({ name }) => familyName(name))).size, families.length);
  });
});
