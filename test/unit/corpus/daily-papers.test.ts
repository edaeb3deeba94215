import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readDailyPapers } from '../../../src/corpus/sources/daily-papers.ts';

const HEADER = ['new', '', 'Get trending papers in your email inbox!', '', 'Subscribe', '', 'Daily Papers', ''];
const BYLINE = ['byAK and the research community', '', 'Oct 29', ''];
const FILE = 'papers/page.txt';

const SEEDS_ABSTRACT =
  'Sowing the same seed twice gives the same tree. We show when that is a good idea, and count the trees that it costs.';
const KITES_ABSTRACT =
  'A kite flies where the wind lets it. We give the wind a schedule, and the kite a gentle teacher to follow.';

function page(...lines: string[]): string {
  return [...HEADER, ...BYLINE, ...lines].join('\n');
}

function details(count: number, date: string): string[] {
  return ['', `  • ${count} authors`, '·', date, ''];
}

describe('daily-papers pages', () => {
  it('gives title, abstract and line of each paper in the layout without details', () => {
    const { entries, problems } = readDailyPapers(
      page('Twice the Same Seed', '', SEEDS_ABSTRACT, '', 'Kites on a Schedule', '', KITES_ABSTRACT),
      FILE,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(entries, [
      { title: 'Twice the Same Seed', abstract: SEEDS_ABSTRACT, authors: [], location: { file: FILE, line: 13 } },
      { title: 'Kites on a Schedule', abstract: KITES_ABSTRACT, authors: [], location: { file: FILE, line: 17 } },
    ]);
  });

  it('gives number of authors and date in the layout with details', () => {
    const { entries, problems } = readDailyPapers(
      page(
        'Twice the Same Seed',
        '',
        SEEDS_ABSTRACT,
        ...details(4, 'Oct 3, 2023'),
        'Kites on a Schedule',
        '',
        KITES_ABSTRACT,
        ...details(1, 'Dec 24, 2022 1'),
      ),
      FILE,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      entries.map(({ title, authorCount, date }) => ({ title, authorCount, date })),
      [
        { title: 'Twice the Same Seed', authorCount: 4, date: '2023-10-03' },
        { title: 'Kites on a Schedule', authorCount: 1, date: '2022-12-24' },
      ],
    );
  });

  it('reads details on one line, and a single author', () => {
    const { entries, problems } = readDailyPapers(
      page('Twice the Same Seed', '', SEEDS_ABSTRACT, '', '• 1 author · May 30, 2022'),
      FILE,
    );
    assert.deepEqual(problems, []);
    assert.equal(entries[0]?.authorCount, 1);
    assert.equal(entries[0].date, '2022-05-30');
  });

  it('invents no year for a day without one', () => {
    const { entries } = readDailyPapers(page('Twice the Same Seed', '', SEEDS_ABSTRACT, ...details(3, 'Jun 9')), FILE);
    assert.equal(entries[0]?.date, '--06-09');
  });

  it('does not take the date of the page for the date of a paper', () => {
    const { entries, problems } = readDailyPapers(page('Twice the Same Seed', '', SEEDS_ABSTRACT), FILE);
    assert.deepEqual(problems, []);
    assert.equal(entries[0]?.date, undefined);
  });

  it('reports a day that no calendar has and keeps the paper', () => {
    const { entries, problems } = readDailyPapers(
      page('Twice the Same Seed', '', SEEDS_ABSTRACT, ...details(3, 'Feb 30, 2022')),
      FILE,
    );
    assert.equal(entries[0]?.date, undefined);
    assert.deepEqual(
      problems.map(({ file, line }) => ({ file, line })),
      [{ file: FILE, line: 19 }],
    );
  });

  it('joins wrapped titles and abstracts', () => {
    const { entries, problems } = readDailyPapers(
      page(
        'Twice the Same Seed:',
        'A Long Subtitle',
        '',
        'Sowing the same seed twice gives the same tree. We show when that is',
        'new',
        'and count the trees that it costs in 12 gardens over the years from',
        '2019',
        'to the day on which this was written down.',
      ),
      FILE,
    );
    assert.deepEqual(problems, []);
    assert.equal(entries[0]?.title, 'Twice the Same Seed: A Long Subtitle');
    assert.match(entries[0].abstract ?? '', /when that is new and count .* from 2019 to the day/);
  });

  it('reads a page without blank lines', () => {
    const abstract = `${SEEDS_ABSTRACT} `.repeat(4).trim();
    const { entries, problems } = readDailyPapers(
      ['new', 'Subscribe', 'Mar 13', 'Twice the Same Seed', abstract, 'Kites on a Schedule', abstract].join('\n'),
      FILE,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      entries.map(({ title }) => title),
      ['Twice the Same Seed', 'Kites on a Schedule'],
    );
  });

  it('keeps accents, quotes and LaTeX scraps as the page has them', () => {
    const title = 'Naïve Bäcker: “Why” the ell_infty Norm of $\\mathcal{O}(T)$ Rises';
    const { entries, problems } = readDailyPapers(page(title, '', SEEDS_ABSTRACT), FILE);
    assert.deepEqual(problems, []);
    assert.equal(entries[0]?.title, title);
  });

  it('keeps a paper without an abstract and says so', () => {
    const { entries, problems } = readDailyPapers(
      page('Twice the Same Seed', '', 'Kites on a Schedule', '', KITES_ABSTRACT),
      FILE,
    );
    assert.deepEqual(
      entries.map(({ title, abstract }) => ({ title, abstract })),
      [
        { title: 'Twice the Same Seed', abstract: undefined },
        { title: 'Kites on a Schedule', abstract: KITES_ABSTRACT },
      ],
    );
    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.line, 13);
    assert.match(problems[0].message, /Twice the Same Seed.*no abstract/);
  });

  it('reports an abstract without a title, and details without a paper', () => {
    const { entries, problems } = readDailyPapers(
      [SEEDS_ABSTRACT, '', '• 3 authors', '·', 'Oct 3, 2023', 'Mar 1'].join('\n'),
      FILE,
    );
    assert.deepEqual(entries, []);
    assert.deepEqual(
      problems.map(({ line }) => line),
      [1, 3, 6],
    );
  });

  it('does not take a lone word at the end of a cut page for a paper', () => {
    const { entries, problems } = readDailyPapers(page('Twice the Same Seed', '', SEEDS_ABSTRACT, '', 'Lear'), FILE);
    assert.equal(entries.length, 1);
    assert.equal(problems[0]?.line, 17);
  });

  it('reads Windows line ends and a byte order mark', () => {
    const { entries, problems } = readDailyPapers(
      `\uFEFF${page('Twice the Same Seed', '', SEEDS_ABSTRACT)}`.replaceAll('\n', '\r\n'),
      FILE,
    );
    assert.deepEqual(problems, []);
    assert.equal(entries[0]?.location.line, 13);
    assert.equal(entries[0].abstract, SEEDS_ABSTRACT);
  });

  it('says of a binary file that it is one', () => {
    const { entries, problems } = readDailyPapers('\u0089PNG\r\n\u001a\n\0\0\0\rIHDR', FILE);
    assert.deepEqual(entries, []);
    assert.match(problems[0]?.message ?? '', /binary/);
  });

  it('keeps a page that was cut within a character, and says so', () => {
    const { entries, problems } = readDailyPapers(
      page('Twice the Same Seed', '', `${SEEDS_ABSTRACT.repeat(3)} Naïve bak\uFFFD`),
      FILE,
    );
    assert.equal(entries.length, 1);
    assert.match(problems[0]?.message ?? '', /UTF-8/);
  });

  it('keeps the number of problems to what a person reads', () => {
    const { problems } = readDailyPapers('\u0001\n\n'.repeat(5000), FILE);
    assert.equal(problems.length, 101);
    assert.match(problems.at(-1)?.message ?? '', /4900 more/);
  });

  describe('never throws, and every location is a line of the file', () => {
    const whole = page(
      'Twice the Same Seed',
      '',
      SEEDS_ABSTRACT,
      ...details(4, 'Oct 3, 2023'),
      'Kites on a Schedule',
      '',
      KITES_ABSTRACT,
      ...details(2, 'Jun 9'),
    );

    function check(text: string): void {
      const { entries, problems } = readDailyPapers(text, FILE);
      const lines = text.split('\n').length;
      for (const { line } of [...problems, ...entries.map(({ location }) => location)]) {
        assert.ok(line >= 1 && line <= lines, `line ${line} of ${lines}`);
      }
      for (const { title } of entries) assert.notEqual(title.trim(), '');
    }

    it('when truncated', () => {
      fc.assert(fc.property(fc.nat(whole.length), (length) => check(whole.slice(0, length))));
    });

    it('when its lines are shuffled', () => {
      const lines = whole.split('\n');
      fc.assert(fc.property(fc.shuffledSubarray(lines, { minLength: 1 }), (shuffled) => check(shuffled.join('\n'))));
    });

    it('when it is any text', () => {
      fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), check));
    });

    it('when it is bytes', () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => check(new TextDecoder().decode(bytes))));
    });
  });

  describe('of 100 MB are read in linear time', () => {
    const SIZE = 100_000_000;
    const entry = ['A Title for Many', '', SEEDS_ABSTRACT.repeat(3), ...details(3, 'Jun 9')].join('\n');

    function seconds(text: string): number {
      const start = process.cpuUsage();
      readDailyPapers(text, FILE);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1e6;
    }

    function assertLinear(make: (size: number) => string, size = SIZE): void {
      seconds(make(size / 100));
      const part = seconds(make(size / 20));
      const whole = seconds(make(size));
      // A square would be twenty times as long again; what a busy machine adds is far less than that.
      assert.ok(whole < 100 * Math.max(part, 0.05), `${part} s for a twentieth, ${whole} s for the whole`);
    }

    it('as a page', function () {
      this.timeout(300_000);
      assertLinear((size) => entry.repeat(Math.ceil(size / entry.length)));
    });

    it('as lines of a page in any order, a quarter of it', function () {
      this.timeout(300_000);
      const lines = entry.split('\n');
      assertLinear((size) => {
        const some = Array.from({ length: 1000 }, (_, index) => lines[(index * index + (index >> 3)) % lines.length]);
        const text = some.join('\n');
        return text.repeat(Math.ceil(size / text.length));
      }, SIZE / 4);
    });

    it('as one line', function () {
      this.timeout(300_000);
      assertLinear((size) => 'word '.repeat(size / 5));
    });

    it('as bytes', function () {
      this.timeout(300_000);
      const bytes = Buffer.from(Array.from({ length: 257 }, (_, index) => ((index * 167) % 255) + 1));
      assertLinear((size) => Buffer.alloc(size, bytes).toString('utf8'));
    });
  });
});
