import assert from 'node:assert/strict';
import { readVerdicts, writeVerdicts, type RecordedVerdict } from '../../../src/corpus/verdicts.ts';

const rex: RecordedVerdict = {
  hash: 'abc',
  verdict: 'holds',
  effect: { label: 'linear minus rex', value: 0.2, interval: [0.1, null], relation: 'at least', bound: 0 },
  conditions: 2,
  seeds: 8,
  seconds: 12.5,
  engine: 'wasm 4.22.0',
  sabotage: { linear: 'fails' },
  curve: {
    metric: 'loss',
    logarithmic: { steps: false, values: true },
    arms: { rex: { steps: [0, 1], values: [1, null] } },
  },
};

describe('a file of verdicts', () => {
  it('is read as it was written, a method a line', () => {
    const text = writeVerdicts({ rex, alp: { ...rex, verdict: 'fails' } });
    assert.equal(text.split('\n').length, 5);
    assert.ok(text.indexOf('"alp"') < text.indexOf('"rex"'));
    const { verdicts, problems } = readVerdicts(text, 'verdicts.json');
    assert.deepEqual(problems, []);
    assert.deepEqual(verdicts, { rex, alp: { ...rex, verdict: 'fails' } });
  });

  it('tells what it cannot read with its line, and keeps the rest', () => {
    const text = writeVerdicts({ rex, zed: { ...rex, verdict: 'perhaps' as 'holds' } });
    const { verdicts, problems } = readVerdicts(text, 'verdicts.json');
    assert.deepEqual(Object.keys(verdicts), ['rex']);
    assert.equal(problems.length, 1);
    assert.equal(problems[0]!.line, 3);
    assert.match(problems[0]!.message, /zed: verdict: /);
  });

  it('is no JSON, or something else: one problem', () => {
    for (const text of ['', '{', '[]', '3']) {
      const { verdicts, problems } = readVerdicts(text, 'verdicts.json');
      assert.deepEqual([verdicts, problems.length], [{}, 1], text);
    }
  });
});
