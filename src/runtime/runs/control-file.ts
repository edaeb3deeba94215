import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { runFiles } from './run-files.ts';
import { controlSchema } from './schemas.ts';

/** Whether the last thing that was asked of the run is to stop. */
export async function wasAskedToStop(folder: string): Promise<boolean> {
  try {
    return v.parse(controlSchema, JSON.parse(await readFile(runFiles(folder).control, 'utf8'))).request === 'stop';
  } catch {
    return false;
  }
}
