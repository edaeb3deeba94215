import { familyName } from './authors.ts';
import { monthOf, yearOf } from './date.ts';
import type { Paper } from './paper.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '{': '\\{',
  '}': '\\}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
};

/** BibTeX entry under the paper's citation key. What the corpus does not know is left out. */
export function bibtex(paper: Paper): string {
  const fields: readonly (readonly [string, string | number | undefined])[] = [
    ['title', `{${escapeLatex(paper.title)}}`],
    ['author', paper.authors.length > 0 ? paper.authors.map(bibtexAuthor).join(' and ') : undefined],
    ['year', yearOf(paper.date)],
    ['month', yearOf(paper.date) === undefined ? undefined : monthOf(paper.date)],
    ['howpublished', paper.venue === undefined ? undefined : escapeLatex(paper.venue)],
    ['eprint', paper.arxiv],
    ['archiveprefix', paper.arxiv === undefined ? undefined : 'arXiv'],
    ['doi', paper.doi],
    ['url', paperUrl(paper)],
  ];
  const lines = fields.flatMap(([name, value]) => (value === undefined ? [] : `  ${name} = {${value}}`));
  return `@misc{${paper.key},\n${lines.join(',\n')}\n}\n`;
}

/** A name of which no part could be taken for `Family, Given` or for two authors. */
function bibtexAuthor(author: string): string {
  const name = escapeLatex(author);
  return /\sand\s/i.test(author) ? `{${name}}` : name;
}

function escapeLatex(text: string): string {
  return text.replace(/[\\~^{}&%$#_]/g, (character) => ESCAPES[character]!);
}

/**
 * Short form for a lens: `Chen et al., 2021`, `Chen & Wolfe, 2021`, `Chen, 2021`; `4 authors, 2023` where only their
 * number is known. What is not known is left out; empty where nothing is.
 */
export function authorsYear(paper: Paper): string {
  return [authorsShort(paper), yearOf(paper.date)].filter((part) => part !== undefined).join(', ');
}

function authorsShort({ authors, authorCount }: Paper): string | undefined {
  const [first, second] = authors;
  if (first !== undefined) {
    if (second === undefined) return familyName(first);
    return authors.length === 2 ? `${familyName(first)} & ${familyName(second)}` : `${familyName(first)} et al.`;
  }
  if (authorCount === undefined) return undefined;
  return authorCount === 1 ? '1 author' : `${authorCount} authors`;
}

/** Page of the paper: arXiv, else its DOI; `undefined` where neither is known. */
export function paperUrl(paper: Paper): string | undefined {
  if (paper.arxiv !== undefined) return `https://arxiv.org/abs/${paper.arxiv}`;
  return paper.doi === undefined
    ? undefined
    : `https://doi.org/${encodeURI(paper.doi).replace(/[?#]/g, encodeURIComponent)}`;
}
