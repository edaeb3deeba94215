import assert from 'node:assert/strict';
import { paperLens } from '../../../src/extension/papers/paper-lens.ts';
import { otherPaper, rexPaper } from './papers.ts';

const titles = (...[papers, mayScaffold]: Parameters<typeof paperLens>): string[] =>
  paperLens(papers, mayScaffold).map((command) => command.title);

describe('the line above a block', () => {
  it('names the paper, offers a scaffold of its method and a way to hide the lines', () => {
    assert.deepEqual(titles([rexPaper], true), [
      'Chen et al., 2021 · REX: Revisiting Budgeted Training with an Improved Schedule',
      'Scaffold',
      '$(eye-closed)',
    ]);
  });

  it('offers no scaffold in an experiment or for a paper without a method', () => {
    assert.deepEqual(titles([rexPaper], false).slice(1), ['$(eye-closed)']);
    assert.deepEqual(titles([otherPaper('a')], true).slice(1), ['$(eye-closed)']);
  });

  it('puts papers beyond the third behind a count', () => {
    const papers = ['a', 'b', 'c', 'd', 'e'].map((key) => otherPaper(key));
    assert.equal(titles(papers.slice(0, 4), true).length, 5);
    assert.deepEqual(titles(papers, true).slice(3), ['2 more…', '$(eye-closed)']);
    assert.deepEqual(paperLens(papers, true)[3]!.arguments, [['d', 'e']]);
  });

  it('cuts long titles between words and shows no icon of a title', () => {
    const [title] = titles([otherPaper('a', `$(bug) ${'word '.repeat(30)}`)], true);
    assert.ok(title!.length < 100);
    assert.ok(title!.endsWith('word…'));
    assert.ok(!title!.includes('$('));
  });

  it('is not there without papers', () => {
    assert.deepEqual(titles([], true), []);
  });
});
