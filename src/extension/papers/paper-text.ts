import { bibtex, paperUrl } from '../../corpus/citation.ts';
import type { Method } from '../../corpus/method.ts';
import type { Paper } from '../../corpus/paper.ts';

/** A paper as Markdown that is read as text. */
export function paperText(paper: Paper, method: Method | undefined): string {
  const about = method?.summary ?? paper.abstract;
  const parts = [
    `# ${paper.title}`,
    paper.authors.join(', '),
    [paper.date, paper.venue, paperUrl(paper)].filter((part) => part !== undefined).join(' · '),
    ...(about === undefined ? [] : [about]),
    ...(method === undefined ? [] : [`> ${method.insight}`, ...method.equations.map(equationText)]),
    `\`\`\`bibtex\n${bibtex(paper).trim()}\n\`\`\``,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function equationText({ label, tex, where }: Method['equations'][number]): string {
  return `## ${label}\n\n$$\n${tex.trim()}\n$$\n\n${where}`;
}
