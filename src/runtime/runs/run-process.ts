/** Entry of a run's own process: `node run-process.js <ProcessRequest as JSON>`. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeHere } from './describe-here.ts';
import { executeRun } from './execute-run.ts';
import { exitCodes } from './exit-code.ts';
import type { ProcessRequest } from './request.ts';

const distribution = dirname(fileURLToPath(import.meta.url));
const request = JSON.parse(process.argv[2]!) as ProcessRequest;

if (request.type !== 'describe') {
  process.exit(exitCodes[await executeRun(request, distribution)]);
} else {
  const result = await describeHere(request.file, distribution);
  process.stdout.write(JSON.stringify(result), () => process.exit());
}
