import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunEvent } from '../../runs/events.ts';
import type { RunRecord } from '../../runs/record.ts';
import { trialName } from '../trial-name.ts';
import { Bytes } from './bytes.ts';
import { createScalarEncoder, type ScalarEncoder, textEvent, versionEvent } from './event.ts';
import { hparamsEndEvent, hparamsStartEvent } from './hparams.ts';
import { appendRecord } from './record.ts';

/** Bytes of a trial that are collected before they are written. */
const chunkSize = 1 << 16;

/** Whether a file's name is one of those that are written here. */
export function isEventFile(name: string): boolean {
  return name.startsWith('events.out.tfevents.');
}

/** Writes a run for TensorBoard as its events come. */
export interface EventFileWriter {
  take(events: readonly RunEvent[]): Promise<void>;
  /** Writes what is left. @returns the files, relative to the folder. */
  finish(): Promise<readonly string[]>;
}

/**
 * Makes `<arm>/seed-<n>/events.out.tfevents.<seconds>.<host>` for each trial that is started,
 * with a scalar for each point (its step rounded to a whole number, its value to 32 bits), the parameters as text, and
 * what the HParams view wants, in which the seeds of an arm are one group.
 *
 * @param folder exists and is empty.
 */
export function createEventFileWriter(folder: string, record: RunRecord): EventFileWriter {
  const seconds = Math.floor(Date.parse(record.created) / 1000);
  const host = record.machine.host.replace(/[^A-Za-z0-9.-]/g, '-');
  const files: string[] = [];
  const trials = new Map<string, TrialFile>();

  async function fileOf(trial: string, wallTime: number): Promise<TrialFile> {
    const known = trials.get(trial);
    if (known !== undefined) return known;
    const { arm, seed } = trialName(trial);
    if (!/^\w[\w.-]*$/.test(arm) || !Number.isInteger(seed)) {
      throw new Error(`The trial '${trial}' cannot be exported: a folder cannot be named after it.`);
    }
    const name = join(arm, `seed-${seed}`, `events.out.tfevents.${seconds}.${host}`);
    await mkdir(dirname(join(folder, name)), { recursive: true });
    const file: TrialFile = { path: join(folder, name), pending: new Bytes(), encoders: new Map() };
    appendRecord(file.pending, versionEvent(wallTime));
    appendRecord(file.pending, textEvent(wallTime, 'parameters', parametersText(record)));
    appendRecord(file.pending, hparamsStartEvent(wallTime, `${record.id} ${arm}`, { arm, ...record.params }));
    files.push(name);
    trials.set(trial, file);
    return file;
  }

  async function takeOne(event: RunEvent): Promise<void> {
    const wallTime = event.at / 1000;
    if (event.type === 'trial-started') await fileOf(event.trial, wallTime);
    else if (event.type === 'points') {
      const file = await fileOf(event.trial, wallTime);
      const encoder = encoderOf(file, event.metric, record);
      event.steps.forEach((step, index) => {
        appendRecord(file.pending, encoder.encode(wallTime, step, Number(event.values[index])));
      });
      if (file.pending.length >= chunkSize) await flush(file);
    } else if (event.type === 'trial-ended') {
      const file = await fileOf(event.trial, wallTime);
      appendRecord(file.pending, hparamsEndEvent(wallTime, event.outcome));
      await flush(file);
      // Only trials at work hold a large buffer.
      file.pending = new Bytes();
    }
  }

  return {
    async take(events) {
      for (const event of events) await takeOne(event);
    },
    async finish() {
      for (const file of trials.values()) await flush(file);
      return files;
    },
  };
}

interface TrialFile {
  readonly path: string;
  pending: Bytes;
  readonly encoders: Map<string, ScalarEncoder>;
}

/** Opened for each piece: a run may have more trials than a process may have open files. */
async function flush({ path, pending }: TrialFile): Promise<void> {
  await appendFile(path, pending.written);
  pending.clear();
}

function encoderOf({ encoders }: TrialFile, name: string, record: RunRecord): ScalarEncoder {
  let encoder = encoders.get(name);
  if (encoder === undefined) {
    const metric = record.experiment.description.metrics[name];
    const direction = metric === undefined || metric.better === 'neither' ? '' : `; ${metric.better} is better`;
    encoder = createScalarEncoder(name, metric === undefined ? '' : `${metric.about} In ${metric.unit}${direction}.`);
    encoders.set(name, encoder);
  }
  return encoder;
}

/** A table in Markdown. */
function parametersText({ params, experiment }: RunRecord): string {
  const cell = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ');
  const rows = Object.entries(params).map(
    ([name, value]) =>
      `| ${name} | ${cell(String(value))} | ${cell(experiment.description.params[name]?.about ?? '')} |`,
  );
  return ['| parameter | value | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}
