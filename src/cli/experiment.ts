import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RunError } from '../runtime/runs/events.ts';
import { methodById } from './methods.ts';
import { Misuse } from './misuse.ts';
import { snippetsFolder } from './workspace.ts';

/** What `run` is asked to run. */
export interface ChosenExperiment {
  /** Absolute path of the source. */
  readonly file: string;
  /** `builtin:<id>` for a method that is run without a scaffold. */
  readonly displayFile?: string;
}

/** The experiment in a file, or the built-in one of a method. */
export async function chooseExperiment(distribution: string, fileOrId: string): Promise<ChosenExperiment> {
  if (/[\\/.]/.test(fileOrId) || existsSync(fileOrId)) {
    const file = resolve(fileOrId);
    if (existsSync(file)) return { file };
    throw new Misuse(
      `${fileOrId} does not exist. Give an experiment's file, or the id of a method from \`marginalia methods\`.`,
    );
  }
  const { id, family } = await methodById(distribution, fileOrId);
  return { file: join(snippetsFolder(distribution), family, id, 'experiment.ts'), displayFile: `builtin:${id}` };
}

/** Where something failed and why, on one line. */
export function told(error: RunError): string {
  const place = error.file === undefined ? '' : `${[error.file, error.line, error.column].filter(Boolean).join(':')}: `;
  return place + error.message;
}
