import { paperUrl } from '../../corpus/citation.ts';
import { effectInWords } from '../../corpus/effect-in-words.ts';
import type { Method, MethodVerdict } from '../../corpus/method.ts';
import type { Paper } from '../../corpus/paper.ts';
import { commandLink } from '../command-link.ts';
import { verdictLook } from '../runs/run-outcome.ts';
import { equationPicture, type ThemeKind } from './equation-picture.ts';
import { escapeMarkdown, markdownLink, markdownPicture } from './markdown.ts';

/** How the latest run of a paper's method came out. */
export interface LatestRun {
  readonly id: string;
  /** Short, as it is shown: `the claim holds`, `failed`. */
  readonly outcome: string;
  /** Short, as it is shown: `2 hours ago`. */
  readonly when: string;
}

export interface CardDetails {
  readonly method?: Method | undefined;
  /** SVG of each of the method's equations, in order. */
  readonly equations: readonly string[];
  readonly theme: ThemeKind;
  readonly latestRun?: LatestRun | undefined;
}

/** At most this many authors are named in a card. */
const namedAuthors = 4;

/** Characters of an abstract that a card shows where there is no summary of ours. */
const abstractLength = 600;

/** Ends a line of a paragraph in Markdown. */
const lineBreak = '  \n';

/**
 * The Markdown of a paper's card. Whatever comes from a source is escaped, so that it can only ever be read; links are the
 * paper's own address and commands of `linkedCommands`.
 */
export function paperCard(paper: Paper, details: CardDetails): string {
  const { method, equations, theme, latestRun } = details;
  // What can be done stands above what may have to be scrolled to, and the first equation is seen without scrolling: the
  // editor's card is 250 pixels high.
  const actions = [links(paper), latestRun === undefined ? '' : runLink(latestRun)];
  const parts = [
    `**${escapeMarkdown(paper.title)}**`,
    byline(paper),
    actions.filter((part) => part !== '').join('  ·  '),
  ];
  if (method?.verdict !== undefined) parts.push(verdictLine(method.verdict));
  if (method !== undefined) parts.push(escapeMarkdown(method.summary));
  else if (paper.abstract !== undefined) parts.push(escapeMarkdown(shortened(paper.abstract)));
  method?.equations.forEach(({ label, tex, where }, index) => {
    const svg = equations[index];
    const picture =
      svg === undefined || svg === ''
        ? inlineCode(tex)
        : markdownPicture(`${label}: ${tex}`, equationPicture(svg, theme));
    parts.push([`*${escapeMarkdown(label)}*`, picture, escapeMarkdown(where)].join(lineBreak));
  });
  return parts.filter((part) => part !== '').join('\n\n');
}

function byline(paper: Paper): string {
  const { authors, authorCount, date, venue } = paper;
  const others = authors.length - namedAuthors;
  const named = authors.slice(0, namedAuthors).join(', ');
  const names =
    authors.length > 0
      ? `${named}${others > 0 ? ` and ${others} more` : ''}`
      : authorCount === undefined
        ? ''
        : `${authorCount} ${authorCount === 1 ? 'author' : 'authors'}`;
  return escapeMarkdown([names, date ?? '', venue ?? ''].filter((part) => part !== '').join(' · '));
}

function links(paper: Paper): string {
  const url = paperUrl(paper);
  return [
    ...(url === undefined ? [] : [markdownLink('Paper', url, 'Opens the paper in a browser')]),
    markdownLink('Page', commandLink('marginalia.openPaper', paper.key), 'Opens the paper’s page in the editor'),
    ...(paper.method === undefined
      ? []
      : [
          markdownLink(
            'Scaffold',
            commandLink('marginalia.scaffold', paper.method),
            'Writes an experiment of this method',
          ),
        ]),
    markdownLink('Cite', commandLink('marginalia.citePaper', paper.key), 'Copies the BibTeX entry'),
  ].join('  ·  ');
}

function runLink({ id, outcome, when }: LatestRun): string {
  const dashboard = commandLink('marginalia.openDashboard', id);
  return `Latest run: ${markdownLink(outcome, dashboard)}, ${escapeMarkdown(when)}`;
}

/** What our own experiment found, on a line of its own. */
function verdictLine(verdict: MethodVerdict): string {
  const { text } = verdictLook(verdict.verdict);
  return `Verified: **${text}**. ${escapeMarkdown(effectInWords(verdict))}`;
}

/** TeX that could not be typeset, as it was written. */
function inlineCode(tex: string): string {
  const line = tex.replace(/\s+/g, ' ').trim();
  return line.includes('`') ? escapeMarkdown(line) : `\`${line}\``;
}

function shortened(text: string): string {
  if (text.length <= abstractLength) return text;
  const cut = text.lastIndexOf(' ', abstractLength);
  return `${text.slice(0, cut > 0 ? cut : abstractLength)} …`;
}
