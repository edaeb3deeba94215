#!/usr/bin/env node
/** The program `marginalia`: the product's main jobs in a terminal. */
import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addCompareCommand } from './commands/compare-command.ts';
import { addContinueCommand } from './commands/continue-command.ts';
import { addDeleteCommand } from './commands/delete-command.ts';
import { addExportCommand } from './commands/export-command.ts';
import { addIndexCommand } from './commands/index-command.ts';
import { addLabelCommand } from './commands/label-command.ts';
import { addMethodsCommand } from './commands/methods-command.ts';
import { addPauseCommand } from './commands/pause-command.ts';
import { addReferencesCommand } from './commands/references-command.ts';
import { addResumeCommand } from './commands/resume-command.ts';
import { addRunCommand } from './commands/run-command.ts';
import { addRunsCommand } from './commands/runs-command.ts';
import { addScaffoldCommand } from './commands/scaffold-command.ts';
import { addSearchCommand } from './commands/search-command.ts';
import { addSetupCommand } from './commands/setup-command.ts';
import { addStopCommand } from './commands/stop-command.ts';
import { addVerifyCommand } from './commands/verify-command.ts';
import { exitCodes } from './exit-codes.ts';
import { Misuse } from './misuse.ts';
import { complain, endQuietlyWithoutReader } from './output.ts';

const distribution = import.meta.dirname;

const { version } = JSON.parse(readFileSync(join(distribution, '../package.json'), 'utf8')) as { version: string };

const program = new Command('marginalia')
  .description('Papers in the margin of your code: references, experiments and verdicts, in a terminal.')
  .version(version, '-V, --version')
  .showHelpAfterError('(--help tells what there is)')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'marginalia: ')) })
  .addHelpText(
    'after',
    `
Exit codes:
  ${exitCodes.done}    done; a run completed, whatever its verdict
  ${exitCodes.failed}    something failed, or a run was interrupted; a claim that verify was asked about does not hold
  ${exitCodes.misused}    wrong use
  ${exitCodes.stopped}  stopped by a person`,
  );
for (const add of [
  addIndexCommand,
  addReferencesCommand,
  addSearchCommand,
  addMethodsCommand,
  addScaffoldCommand,
  addRunCommand,
  addVerifyCommand,
  addRunsCommand,
  addStopCommand,
  addPauseCommand,
  addContinueCommand,
  addResumeCommand,
  addLabelCommand,
  addCompareCommand,
  addExportCommand,
  addDeleteCommand,
  addSetupCommand,
]) {
  // A command takes its settings for help and errors from the program only if it is made after they are set.
  add(program, distribution);
}

endQuietlyWithoutReader();
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help that was asked for is no error; what was wrong has been said already.
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.misused;
  } else {
    complain(error instanceof Error ? error.message : String(error));
    process.exitCode = error instanceof Misuse ? exitCodes.misused : exitCodes.failed;
  }
}
