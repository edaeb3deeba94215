import type { Command } from 'commander';
import { join, relative, resolve } from 'node:path';
import { exitCodes } from '../exit-codes.ts';
import { complain, print, printJson } from '../output.ts';
import { snippetsFolder, workspaceRoot } from '../workspace.ts';

export function addScaffoldCommand(program: Command, distribution: string): void {
  program
    .command('scaffold')
    .description("Write a method's experiment to a file, ready to edit and run.")
    .argument('<id>', 'method, as `marginalia methods` lists it')
    .option('-o, --output <file>', 'file to write (default: experiments/<id>.ts in the workspace)')
    .option('--overwrite', 'replace a file that is there')
    .option('--json', 'print {file} for machines')
    .action(async (id: string, options: { output?: string; overwrite?: true; json?: true }) => {
      process.exitCode = await scaffold(distribution, id, options);
    });
}

async function scaffold(
  distribution: string,
  id: string,
  options: { output?: string; overwrite?: true; json?: true },
): Promise<number> {
  const [{ methodById }, { scaffoldExperiment }] = await Promise.all([
    import('../methods.ts'),
    import('../../runtime/scaffold.ts'),
  ]);
  const root = workspaceRoot();
  const method = await methodById(distribution, id);
  const written = await scaffoldExperiment({
    distribution,
    snippets: snippetsFolder(distribution),
    method,
    target: options.output === undefined ? join(root, 'experiments', `${id}.ts`) : resolve(options.output),
    workspaceRoot: root,
    overwrite: options.overwrite ?? false,
  });
  if ('exists' in written) {
    const path = relative(process.cwd(), written.exists);
    complain(`${path} exists and is left as it is. Give another --output, or --overwrite to replace it.`);
    return exitCodes.failed;
  }
  const path = relative(process.cwd(), written.file);
  if (options.json) printJson({ file: written.file });
  else print(`Wrote ${path}. Run it with: marginalia run ${path}`);
  return exitCodes.done;
}
