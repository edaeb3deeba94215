import type { Command } from 'vscode';
import { authorsYear } from '../../corpus/citation.ts';
import type { Paper } from '../../corpus/paper.ts';
import { plainLabel } from '../plain-label.ts';

/** Papers of one block that are written out; the others stand behind a count. */
const writtenOut = 3;

/** Characters of a title in a lens. */
const titleLength = 60;

/** The parts of the line above a block, from left to right; none for a block without papers. */
export function paperLens(papers: readonly Paper[], mayScaffold: boolean): Command[] {
  if (papers.length === 0) return [];
  const shown = papers.length === writtenOut + 1 ? papers : papers.slice(0, writtenOut);
  const hidden = papers.slice(shown.length);
  const [only] = papers;
  return [
    ...shown.map(openPaper),
    ...(hidden.length === 0 ? [] : [morePapers(hidden)]),
    ...(mayScaffold && papers.length === 1 && only?.method !== undefined ? [scaffold(only.method)] : []),
    { command: 'marginalia.togglePaperLenses', title: '$(eye-closed)', tooltip: 'Hide the lines that name papers' },
  ];
}

function openPaper(paper: Paper): Command {
  const text = [authorsYear(paper), shortened(plainLabel(paper.title))].filter((part) => part !== '').join(' · ');
  return { command: 'marginalia.openPaper', title: text, tooltip: plainLabel(paper.title), arguments: [paper.key] };
}

function morePapers(papers: readonly Paper[]): Command {
  return {
    command: 'marginalia.openPaper',
    title: `${papers.length} more…`,
    tooltip: papers.map((paper) => plainLabel(paper.title)).join('\n'),
    arguments: [papers.map((paper) => paper.key)],
  };
}

function scaffold(method: string): Command {
  return {
    command: 'marginalia.scaffold',
    title: 'Scaffold',
    tooltip: 'Write an experiment of this method',
    arguments: [method],
  };
}

function shortened(title: string): string {
  if (title.length <= titleLength) return title;
  const cut = title.lastIndexOf(' ', titleLength);
  return `${title.slice(0, cut > 0 ? cut : titleLength)}…`;
}
