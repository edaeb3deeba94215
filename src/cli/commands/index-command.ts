import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { columns, counted, print, printJson } from '../output.ts';

export function addIndexCommand(program: Command, distribution: string): void {
  program
    .command('index')
    .description('Read sources of papers and count what is in them.')
    .argument('<files...>', 'pages of daily papers')
    .option('--json', 'print {entries, papers, methods, problems} for machines')
    .action(async (files: string[], options: { json?: true }) => {
      process.exitCode = await index(distribution, files, options.json ?? false);
    });
}

async function index(distribution: string, files: readonly string[], json: boolean): Promise<number> {
  const [{ buildCorpus }, { loadMethods }, { readSources }] = await Promise.all([
    import('../../corpus/corpus.ts'),
    import('../../corpus/load-methods.ts'),
    import('../../corpus/read-sources.ts'),
  ]);
  const [methods, sources] = await Promise.all([loadMethods(distribution), readSources(files, {})]);
  const corpus = buildCorpus(methods, sources);
  // A built-in method's own record is no paper of these files.
  const papers = corpus.papers.filter((paper) => paper.locations.length > 0);
  const counts = {
    entries: sources.reduce((sum, { result }) => sum + result.entries.length, 0),
    papers: papers.length,
    methods: papers.filter((paper) => paper.method !== undefined).length,
  };
  const { problems } = corpus;
  if (json) {
    printJson({ ...counts, problems });
  } else {
    const rows = [
      ['entries', String(counts.entries), `in ${counted(files.length, 'file')}`],
      ['papers', String(counts.papers), 'after merging those that are the same'],
      ['methods', String(counts.methods), 'of these papers can be scaffolded and run'],
      ['problems', String(problems.length), ''],
    ];
    for (const line of columns(rows, [1])) print(line);
    for (const problem of problems) {
      print(`${problem.file}:${problem.line}: ${problem.severity}: ${problem.message}`);
    }
  }
  return problems.some((problem) => problem.severity === 'error') ? exitCodes.failed : exitCodes.done;
}
