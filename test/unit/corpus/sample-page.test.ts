import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCorpus } from '../../../src/corpus/corpus.ts';
import { readDailyPapers } from '../../../src/corpus/sources/daily-papers.ts';
import { alpGmm, cpl, learningToRelax, qStar, rex } from './fixtures.ts';

const file = join('test', 'workspaces', 'sample', 'papers', 'daily-papers.txt');

describe('the page in the sample workspace', () => {
  const result = readDailyPapers(readFileSync(file, 'utf8'), file);

  it('is read without a problem, every paper with an abstract', () => {
    assert.deepEqual(result.problems, []);
    assert.equal(result.entries.length, 8);
    for (const { title, abstract } of result.entries) assert.ok(abstract, title);
  });

  it('shows both layouts and all kinds of dates', () => {
    assert.deepEqual(
      result.entries.map(({ date }) => date),
      ['2021-07-09', '2023-10-03', undefined, '2024-04-29', '2019-10-16', '--02-08', '--06-09', undefined],
    );
  });

  it('meets the built-in methods by title', () => {
    const methods = [rex, learningToRelax, cpl, alpGmm, qStar];
    const corpus = buildCorpus(methods, [{ file, result }]);
    assert.equal(corpus.papers.length, 8);
    for (const { id } of methods) assert.equal(corpus.paper(id)?.locations.length, 1, id);
  });
});
