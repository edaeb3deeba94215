import type { Command } from 'commander';
import { readCorpus } from '../corpus.ts';
import { exitCodes } from '../exit-codes.ts';
import { collect, positive } from '../option-values.ts';
import { clip, columns, complain, print, printJson } from '../output.ts';

export function addSearchCommand(program: Command, distribution: string): void {
  program
    .command('search')
    .description('Search papers by title, name, author and abstract; the best first.')
    .argument('<words...>', 'what to look for')
    .option('--papers <file>', 'a source of papers beside the built-in methods; may be given several times', collect)
    .option('--limit <number>', 'how many papers at most', positive, 20)
    .option('--json', 'print [{paper, title, authors, date, arxiv, doi, method, score}] for machines')
    .action(async (words: string[], options: { papers?: string[]; limit: number; json?: true }) => {
      process.exitCode = await search(distribution, words.join(' '), options);
    });
}

async function search(
  distribution: string,
  query: string,
  options: { papers?: readonly string[]; limit: number; json?: true },
): Promise<number> {
  const [corpus, { createSearch }, { authorsYear }] = await Promise.all([
    readCorpus(distribution, options.papers ?? []),
    import('../../corpus/search.ts'),
    import('../../corpus/citation.ts'),
  ]);
  for (const { file, line, message } of corpus.problems.filter(({ severity }) => severity === 'error')) {
    complain(`${file}:${line}: ${message}`);
  }
  const hits = createSearch(corpus).search(query, options.limit);
  if (options.json) {
    printJson(
      hits.map(({ paper: { key, title, authors, date, arxiv, doi, method }, score }) => ({
        paper: key,
        title,
        authors,
        date: date ?? null,
        arxiv: arxiv ?? null,
        doi: doi ?? null,
        method: method ?? null,
        score,
      })),
    );
  } else if (hits.length === 0) {
    print(`No paper of ${corpus.papers.length} matches "${query}".`);
  } else {
    const rows = hits.map(({ paper }) => [paper.key, clip(authorsYear(paper), 32), paper.title]);
    for (const line of columns(rows)) print(line);
  }
  return exitCodes.done;
}
