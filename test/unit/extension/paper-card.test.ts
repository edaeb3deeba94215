import assert from 'node:assert/strict';
import type { MethodVerdict } from '../../../src/corpus/method.ts';
import type { Paper } from '../../../src/corpus/paper.ts';
import { linkedCommands } from '../../../src/extension/command-link.ts';
import { paperCard } from '../../../src/extension/papers/paper-card.ts';
import { otherPaper, rex, rexPaper } from './papers.ts';

const details = { equations: [], theme: 'dark' } as const;

describe('a paper’s card', () => {
  it('tells title, authors, date, summary, equations and what can be done', () => {
    const card = paperCard(rexPaper, { ...details, method: rex, equations: ['<svg width="1em" height="1em"></svg>'] });
    assert.match(card, /^\*\*REX\\: Revisiting Budgeted Training/);
    assert.match(card, /John Chen\\, Cameron Wolfe\\, Anastasios Kyrillidis · 2021/);
    assert.match(card, /decays slowly/);
    assert.match(card, /!\[Schedule/);
    for (const name of ['Paper', 'Page', 'Scaffold', 'Cite']) assert.match(card, new RegExp(`\\[${name}\\]\\(`));
  });

  it('shows an equation that could not be drawn as it is written', () => {
    const card = paperCard(rexPaper, { ...details, method: rex, equations: [''] });
    assert.ok(card.includes('`' + rex.equations[0]!.tex + '`'));
  });

  it('tells the verdict on the method with its effect and interval', () => {
    const verdict: MethodVerdict = {
      verdict: 'fails',
      effect: { label: 'gap', value: 0.25, interval: [0.125, null], relation: 'at least', bound: 0 },
      ...{ conditions: 1, seeds: 5, seconds: 3, engine: 'Node', sabotage: {} },
    };
    const card = paperCard(rexPaper, { ...details, method: { ...rex, verdict } });
    const plain = card.replaceAll('\\', '');
    assert.match(plain, /Verified: \*\*the claim fails\*\*\. gap 0\.25 \[0\.125, \?\], at least 0, over 5 seeds/);
  });

  it('names the latest run and links its dashboard', () => {
    const latestRun = { id: 'run-1', outcome: 'the claim holds', when: '2 hours ago' };
    const card = paperCard(rexPaper, { ...details, latestRun });
    assert.match(
      card,
      /Latest run: \[the claim holds\]\(command:marginalia\.openDashboard\?%5B%22run-1%22%5D\), 2 hours ago/,
    );
  });

  it('counts authors who are not named', () => {
    const paper = otherPaper('a');
    assert.match(paperCard({ ...paper, authors: [], authorCount: 4 }, details), /4 authors · 2020/);
    const many = Array.from({ length: 6 }, (_, index) => `Author ${index}`);
    assert.match(paperCard({ ...paper, authors: many }, details), /Author 3 and 2 more/);
  });

  it('lets nothing from a source become a link, a picture or HTML', () => {
    const hostile =
      '[click](command:workbench.action.terminal.new) ![x](https://evil.example/x.png) <img src=x onerror=alert(1)> $(bug) <https://evil.example> `code`\n\n# head';
    const paper: Paper = {
      key: 'evil")](command:workbench.action.quit)',
      title: hostile,
      abstract: hostile,
      authors: [hostile],
      date: '2021',
      venue: hostile,
      arxiv: '2107.04197) [x](command:workbench.action.quit',
      locations: [],
    };
    const card = paperCard(paper, details);
    const addresses = [...card.matchAll(/(?<!\\)\]\(([^)\s]*)/g)].map((match) => match[1]!);
    assert.ok(addresses.length > 0);
    for (const address of addresses) {
      assert.ok(
        linkedCommands.some((command) => address.startsWith(`command:${command}?`)) ||
          address.startsWith('data:image/'),
        address,
      );
    }
    assert.ok(!/(?<!\\)[<`]/.test(card), card);
    assert.ok(!/(?<!\\)!\[/.test(card), card);
    assert.ok(!card.includes('$('), card);
  });
});
