import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildCorpus, type Corpus } from '../../../src/corpus/corpus.ts';
import type { SourceFile } from '../../../src/corpus/read-sources.ts';
import { fixtureCorpus, methods, rex, source } from './fixtures.ts';

function keysOf(corpus: Corpus): string[] {
  return corpus.papers.map(({ key }) => key);
}

describe('the corpus', () => {
  it('is the built-in methods where there is no source', () => {
    const corpus = fixtureCorpus();
    assert.deepEqual(keysOf(corpus), methods.map(({ id }) => id).sort());
    assert.equal(corpus.paper('rex')?.date, '2021');
    assert.deepEqual(corpus.paper('rex')?.locations, []);
  });

  it('gives a method what a page says of its paper', () => {
    const { papers, paper, methodOf } = fixtureCorpus(
      source('page.txt', {
        title: 'Rex — revisiting budgeted training with an improved schedule',
        abstract: 'About schedules.',
        authorCount: 3,
        date: '2021-07-09',
      }),
    );
    assert.equal(papers.length, methods.length);
    assert.deepEqual(paper('rex'), {
      key: 'rex',
      method: 'rex',
      title: rex.paper.title,
      abstract: 'About schedules.',
      authors: rex.paper.authors,
      date: '2021-07-09',
      arxiv: '2107.04197',
      venue: 'MLSys 2022',
      locations: [{ file: 'page.txt', line: 1 }],
    });
    assert.equal(methodOf(paper('rex')!), rex);
  });

  it('knows a method’s paper by another title under which a page lists it', () => {
    const { papers, paper } = fixtureCorpus(
      source('page.txt', {
        title: 'Contrastive prefence learning: Learning from human feedback without RL',
        abstract: 'A.',
      }),
    );
    assert.equal(papers.length, methods.length);
    assert.match(paper('cpl')!.title, /Preference/);
    assert.equal(paper('cpl')!.abstract, 'A.');
  });

  it('merges by arXiv id and DOI whatever the titles say', () => {
    const { papers, byArxiv, byDoi } = buildCorpus(
      [],
      [
        source('a.txt', { title: 'A Working Title', arxiv: '2301.00001' }, { title: 'Other', doi: '10.1/x' }),
        source(
          'b.txt',
          { title: 'The Final Title', arxiv: '2301.00001', doi: '10.5/y' },
          { title: 'Another', doi: '10.1/x' },
        ),
      ],
    );
    assert.equal(papers.length, 2);
    assert.equal(byArxiv('2301.00001')?.locations.length, 2);
    assert.equal(byDoi('10.5/Y'), byArxiv('2301.00001'));
  });

  it('keeps two works of one title and different arXiv ids apart', () => {
    const { papers, byArxiv } = buildCorpus(
      [],
      [
        source('a.txt', { title: 'Attention', arxiv: '2301.00002' }),
        source('b.txt', { title: 'Attention', arxiv: '2301.00001' }),
        source('c.txt', { title: 'Attention!' }),
      ],
    );
    assert.equal(papers.length, 2);
    assert.deepEqual(byArxiv('2301.00001')?.locations, [
      { file: 'b.txt', line: 1 },
      { file: 'c.txt', line: 1 },
    ]);
  });

  it('takes the year of a day from the arXiv id of the same month, and from nothing else', () => {
    const dateOf = (arxiv: string | undefined, date: string): string | undefined =>
      buildCorpus([], [source('a.txt', { title: 'Some Title', date, ...(arxiv !== undefined && { arxiv }) })]).papers[0]
        ?.date;
    assert.equal(dateOf('2506.07661', '--06-09'), '2025-06-09');
    assert.equal(dateOf('2507.00018', '--06-30'), '2025-06-30');
    assert.equal(dateOf('2501.00018', '--12-31'), '2024-12-31');
    assert.equal(dateOf('2507.00018', '--03-01'), '--03-01');
    assert.equal(dateOf(undefined, '--06-09'), '--06-09');
  });

  it('makes keys that can be read, from what is known', () => {
    const corpus = buildCorpus(
      [],
      [
        source(
          'a.txt',
          { title: 'The Näive Baker of Bread', authors: ['Laurens van der Maaten', 'A. Other'], date: '2008-11-01' },
          { title: 'Towards Mental Time Travel: a Hierarchical Memory' },
          { title: 'How?' },
        ),
      ],
    );
    assert.deepEqual(keysOf(corpus), ['mental-time-travel', 'paper', 'vandermaaten2008naive']);
  });

  it('makes keys unique without touching those of methods', () => {
    const corpus = buildCorpus(
      [rex],
      [
        source(
          'a.txt',
          { title: 'Rex' },
          { title: 'Slow Bread Rises: A Study' },
          { title: 'Slow Bread Rises: A Survey' },
        ),
      ],
    );
    assert.deepEqual(keysOf(corpus), ['rex', 'rex-b', 'slow-bread-rises', 'slow-bread-rises-b']);
  });

  it('does not depend on the order of sources and entries', () => {
    const title = fc.constantFrom('One Title', 'one  title', 'Other Title', 'Third', rex.paper.title);
    const entry = fc.record(
      {
        title,
        authors: fc.constantFrom([], ['Ann Lee'], ['Ann Lee', 'Bo Kim']),
        arxiv: fc.constantFrom('2107.04197', '2301.00001', '2301.00002'),
        doi: fc.constantFrom('10.1/x', '10.1/y'),
        date: fc.constantFrom('2020', '2021-01-01', '--03-04'),
        abstract: fc.constantFrom('Short.', 'Longer text.', 'Longer tale.'),
        authorCount: fc.constantFrom(1, 2),
      },
      { requiredKeys: ['title', 'authors'] },
    );
    const view = (sources: SourceFile[]): unknown => buildCorpus([rex], sources).papers;
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 7 }), fc.array(fc.nat()), (entries, order) => {
        const sources = entries.map((one, index) => source(`${index}.txt`, one));
        const mixed = sources
          .map((one, index) => ({ one, rank: order[index] ?? 0 }))
          .sort((one, other) => other.rank - one.rank)
          .map(({ one }) => one);
        assert.deepEqual(view(mixed.reverse()), view(sources));
      }),
      { numRuns: 500 },
    );
  });
});
