/** Entry of a run's own process: `node run-process.js <ProcessRequest as JSON>`. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeHere } from './describe-here.ts';
import { executeRun } from './execute-run.ts';
import { exitCodes } from './exit-code.ts';
import type { ContinueRequest, ProcessRequest, RunRequest } from './request.ts';
import { sabotageHere } from './sabotage-here.ts';
import { tellStarter } from './starter-words.ts';

const distribution = dirname(fileURLToPath(import.meta.url));
const request = JSON.parse(process.argv[2]!) as ProcessRequest;

if (request.type === 'describe') print(await describeHere(request.file, distribution));
else if (request.type === 'sabotage') print(await sabotageHere(request.folder, distribution));
else process.exit(await execute(request));

/** Does a run and answers this process's exit code. */
async function execute(run: RunRequest | ContinueRequest): Promise<number> {
  try {
    const onBegun = () => {
      if (run.starterListens) tellStarter({ type: 'began' });
    };
    return exitCodes[await executeRun(run, distribution, onBegun)];
  } catch (error) {
    const { message: reason } = error as Error;
    if (run.starterListens) tellStarter({ type: 'failed', reason });
    else console.error(reason);
    return exitCodes.failed;
  }
}

function print(answer: unknown): void {
  process.stdout.write(JSON.stringify(answer), () => process.exit());
}
