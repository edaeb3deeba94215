/** Entry of a run's own process: `node run-process.js <ProcessRequest as JSON>`. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeHere } from './describe-here.ts';
import { executeRun } from './execute-run.ts';
import { exitCodes } from './exit-code.ts';
import type { ProcessRequest } from './request.ts';
import { sabotageHere } from './sabotage-here.ts';

const distribution = dirname(fileURLToPath(import.meta.url));
const request = JSON.parse(process.argv[2]!) as ProcessRequest;

if (request.type === 'describe') print(await describeHere(request.file, distribution));
else if (request.type === 'sabotage') print(await sabotageHere(request.folder, distribution));
else process.exit(exitCodes[await executeRun(request, distribution)]);

function print(answer: unknown): void {
  process.stdout.write(JSON.stringify(answer), () => process.exit());
}
