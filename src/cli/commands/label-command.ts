import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { Misuse } from '../misuse.ts';
import { collect } from '../option-values.ts';
import { print, printJson } from '../output.ts';
import { runFolder } from '../workspace.ts';

interface LabelOptions {
  readonly name?: string;
  readonly tag?: readonly string[];
  readonly untag?: readonly string[];
  readonly note?: string;
  readonly json?: true;
}

export function addLabelCommand(program: Command): void {
  program
    .command('label')
    .description('Name a run, tag it, write a note on it; without options, tell what is written on it.')
    .argument('<run>', "run's id, as `marginalia runs` lists it, or its folder")
    .option('--name <name>', "what to call it; '' gives it its experiment's name back")
    .option('--tag <tag>', 'a tag to add; may be given several times', collect)
    .option('--untag <tag>', 'a tag to take away; may be given several times', collect)
    .option('--note <text>', "a note, in place of the one that is there; '' takes it away")
    .option('--json', 'print {name, tags, note} for machines')
    .action(async (run: string, options: LabelOptions) => {
      process.exitCode = await label(run, options);
    });
}

async function label(run: string, { name, tag, untag, note, json }: LabelOptions): Promise<number> {
  const folder = runFolder(run);
  const [{ readLabels, changeLabels }, { describeMissing, readRecord }] = await Promise.all([
    import('../../runtime/runs/label-file.ts'),
    import('../../runtime/runs/read-record.ts'),
  ]);
  const record = await readRecord(folder);
  if ('missing' in record) throw new Misuse(describeMissing(folder));
  const before = await readLabels(folder);
  const changes = [name, tag, untag, note].some((option) => option !== undefined);
  if (!changes && before.problem !== undefined) throw new Misuse(before.problem);
  const tags = [...before.labels.tags, ...(tag ?? [])].filter((one) => untag?.includes(one) !== true);
  const labels = changes
    ? await changeLabels(folder, {
        ...(name !== undefined && { name }),
        ...((tag !== undefined || untag !== undefined) && { tags }),
        ...(note !== undefined && { note }),
      })
    : before.labels;
  if (json) {
    printJson({ name: labels.name ?? null, tags: labels.tags, note: labels.note });
  } else {
    print(`name: ${labels.name ?? '–'}`);
    print(`tags: ${labels.tags.join(', ') || '–'}`);
    print(`note: ${labels.note || '–'}`);
  }
  return exitCodes.done;
}
