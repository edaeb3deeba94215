import { basename } from 'node:path';
import type { ExperimentDescription, RunRecord } from './record.ts';

/** The description of an experiment of which nothing is known but its file. */
export const emptyDescription: ExperimentDescription = {
  paper: '',
  question: '',
  statement: '',
  compute: 'none',
  seeds: 0,
  params: {},
  arms: {},
  metrics: {},
};

/** What can be said of a run whose process has not written its record yet: its folder's name tells id and name. */
export function provisionalRecord(folder: string): RunRecord {
  const id = basename(folder);
  return {
    version: 1,
    id,
    name: /^\d{8}-\d{6}-(.+)-[0-9a-f]{4}$/.exec(id)?.[1] ?? id,
    created: createdFrom(id),
    experiment: { file: '', hash: '', description: emptyDescription },
    params: {},
    arms: [],
    seeds: [],
    backend: { name: 'none', version: '', reason: '' },
    jobs: 1,
    threads: 1,
    limits: { memoryMegabytes: 0, trialSeconds: 0 },
    whenStarterExits: 'stop',
    versions: { marginalia: '', node: '' },
    machine: { host: '', platform: '', cpu: '', cores: 0, memoryMegabytes: 0 },
    git: null,
    pid: 0,
  };
}

/** ISO time of a run's id, which begins with it (UTC); the epoch for a folder of another name. */
function createdFrom(id: string): string {
  const match = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(id);
  if (match === null) return new Date(0).toISOString();
  const [, year, month, day, hour, minute, second] = match;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
}
