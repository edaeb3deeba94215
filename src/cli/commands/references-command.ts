import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { readCorpus } from '../corpus.ts';
import { exitCodes } from '../exit-codes.ts';
import { collect } from '../option-values.ts';
import { columns, complain, print, printJson } from '../output.ts';

interface FoundReference {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  readonly length: number;
  readonly text: string;
  readonly kind: string;
  /** Citation key (the method's id where there is one); null for an identifier that no source knows. */
  readonly paper: string | null;
}

export function addReferencesCommand(program: Command, distribution: string): void {
  program
    .command('references')
    .description('Find the places in files that refer to papers.')
    .argument('<files...>', 'code or prose')
    .option('--papers <file>', 'a source of papers beside the built-in methods; may be given several times', collect)
    .option('--json', 'print [{file, line, column, length, text, kind, paper}] for machines')
    .action(async (files: string[], options: { papers?: string[]; json?: true }) => {
      process.exitCode = await references(distribution, files, options.papers ?? [], options.json ?? false);
    });
}

async function references(
  distribution: string,
  files: readonly string[],
  papers: readonly string[],
  json: boolean,
): Promise<number> {
  const [corpus, { compileMatcher }, { findReferences }, { authorsYear }, { languageOf }] = await Promise.all([
    readCorpus(distribution, papers),
    import('../../corpus/matcher.ts'),
    import('../../corpus/references.ts'),
    import('../../corpus/citation.ts'),
    import('../language.ts'),
  ]);
  for (const { file, line, message } of corpus.problems.filter(({ severity }) => severity === 'error')) {
    complain(`${file}:${line}: ${message}`);
  }
  const matcher = compileMatcher(corpus);
  const found: FoundReference[] = [];
  let unread = 0;
  for (const file of files) {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      complain(`${file} cannot be read (${(error as Error).message}). Check the path.`);
      unread += 1;
      continue;
    }
    const place = placesIn(text);
    for (const { start, end, kind, paper } of findReferences(matcher, text, languageOf(file))) {
      found.push({
        file,
        ...place(start),
        length: end - start,
        text: text.slice(start, end),
        kind,
        paper: paper ?? null,
      });
    }
  }
  if (json) printJson(found);
  else {
    const rows = found.map(({ file, line, column, text, kind, paper }) => {
      const known = paper === null ? undefined : corpus.paper(paper);
      const whose = known ? `${known.key} (${authorsYear(known)})` : 'not among the known papers';
      return [`${file}:${line}:${column}`, kind, text.replace(/\s+/g, ' '), whose];
    });
    for (const line of columns(rows)) print(line);
  }
  return unread > 0 ? exitCodes.failed : exitCodes.done;
}

/** Turns offsets, asked for in rising order, into lines and columns in one pass over the text. */
function placesIn(text: string): (offset: number) => { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  return (offset) => {
    for (let next = text.indexOf('\n', lineStart); next >= 0 && next < offset; next = text.indexOf('\n', lineStart)) {
      line += 1;
      lineStart = next + 1;
    }
    return { line, column: offset - lineStart + 1 };
  };
}
