import { type Command, Option } from 'commander';
import { existsSync } from 'node:fs';
import { basename, dirname, extname, relative, resolve } from 'node:path';
import type { ExportFormat } from '../../runtime/exports/export-run.ts';
import { exitCodes } from '../exit-codes.ts';
import { Misuse } from '../misuse.ts';
import { complain, complainOfProblems, counted, print, printJson } from '../output.ts';
import { runFolder } from '../workspace.ts';

interface ExportOptions {
  readonly format?: ExportFormat;
  readonly output?: string;
  readonly overwrite?: true;
  readonly json?: true;
}

const formats: readonly ExportFormat[] = ['html', 'csv', 'json', 'tensorboard'];

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('Write a run as a report (HTML), as data (CSV, JSON), or for TensorBoard.')
    .argument('<run>', "run's id, as `marginalia runs` lists it, or its folder")
    .addOption(
      new Option('-f, --format <format>', "what to write (default: by the output's ending, else html)").choices(
        formats,
      ),
    )
    .option('-o, --output <path>', 'file, for TensorBoard folder, to write (default: <id>.<format> here)')
    .option('--overwrite', 'replace what is there')
    .option('--json', 'print {format, files, problems} for machines')
    .addHelpText(
      'after',
      `
Formats:
  html         a page that needs nothing else: verdict, charts, numbers, environment
  csv          every point: trial, arm, seed, metric, step, value
  json         everything that the run kept
  tensorboard  a folder to open with: tensorboard --logdir <folder>`,
    )
    .action(async (run: string, options: ExportOptions) => {
      process.exitCode = await exportOne(run, options);
    });
}

async function exportOne(run: string, options: ExportOptions): Promise<number> {
  const folder = runFolder(run);
  const format = options.format ?? formatOf(options.output);
  const target = resolve(options.output ?? `${basename(folder)}${format === 'tensorboard' ? '-' : '.'}${format}`);
  if (!existsSync(dirname(target))) {
    const missing = relative(process.cwd(), dirname(target));
    throw new Misuse(`there is no folder ${missing} to write it to. Make it, or give another --output.`);
  }
  const [{ exportRun }, { TargetExistsError }] = await Promise.all([
    import('../../runtime/exports/export-run.ts'),
    import('../../runtime/exports/files/target-exists.ts'),
  ]);
  try {
    const { files, problems } = await exportRun(folder, format, target, { overwrite: options.overwrite ?? false });
    if (options.json) printJson({ format, files, problems });
    else {
      complainOfProblems(problems);
      const inside = format === 'tensorboard' ? ` (${counted(files.length, 'file')})` : '';
      print(`Wrote ${relative(process.cwd(), target) || target}${inside}.`);
    }
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof TargetExistsError)) throw error;
    const path = relative(process.cwd(), error.target);
    complain(`${path} exists and is left as it is. Give another --output, or --overwrite to replace it.`);
    return exitCodes.failed;
  }
}

function formatOf(output: string | undefined): ExportFormat {
  const ending = output === undefined ? '' : extname(output).slice(1).toLowerCase();
  return formats.find((format) => format === ending) ?? 'html';
}
