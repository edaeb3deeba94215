import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildCorpus } from '../../../src/corpus/corpus.ts';
import type { SourceFile } from '../../../src/corpus/read-sources.ts';
import { readDailyPapers } from '../../../src/corpus/sources/daily-papers.ts';
import { methods } from './fixtures.ts';

/** Tests run from the root of the project. */
const folder = resolve('../shared/corpus');

describe(`the five real pages${existsSync(folder) ? '' : ' (not run: ../shared/corpus is not on this machine)'}`, () => {
  let sources: SourceFile[];

  before(function () {
    if (!existsSync(folder)) this.skip(); // the pages are not ours to ship, so only a machine that has them can test this
    sources = readdirSync(folder)
      .sort()
      .map((name) => ({ file: name, result: readDailyPapers(readFileSync(join(folder, name), 'utf8'), name) }));
  });

  it('hold 258 entries', () => {
    assert.equal(sources.flatMap(({ result }) => result.entries).length, 258);
  });

  it('are read without a problem, every entry with an abstract', () => {
    assert.deepEqual(
      sources.flatMap(({ result }) => result.problems),
      [],
    );
    for (const { result } of sources) {
      for (const { title, abstract } of result.entries) assert.ok((abstract ?? '').length > 1000, title);
    }
  });

  it('are 209 papers, with methods or without', () => {
    assert.equal(buildCorpus([], sources).papers.length, 209);

    assert.equal(buildCorpus(methods, sources).papers.length, 209);
  });

  it('give built-in methods their abstracts and places', () => {
    const corpus = buildCorpus(methods, sources);
    for (const { id } of methods) {
      const paper = corpus.paper(id);
      assert.ok(paper?.abstract, id);
      assert.ok(paper.locations.length > 0, id);
    }
  });

  it('give keys that no two papers share', () => {
    const keys = buildCorpus(methods, sources).papers.map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
  });
});
