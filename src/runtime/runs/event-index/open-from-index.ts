import { open, type FileHandle } from 'node:fs/promises';
import { decodeEvent } from '../decode-event.ts';
import { describeProblem } from '../event-reader.ts';
import { runFiles } from '../run-files.ts';
import { addProblem, applyIndex, type FigureState, type RunState } from '../state.ts';
import type { EventIndex } from './event-index.ts';
import { readIndex } from './index-file.ts';

/**
 * Brings a state that has had no events to where the run's index ends, if it has one.
 *
 * @returns from where the events are to be read on; `undefined` where the state is as it was.
 */
export async function openFromIndex(
  folder: string,
  state: RunState,
): Promise<{ readonly bytes: number; readonly lines: number } | undefined> {
  const index = await readIndex(folder);
  const { events } = runFiles(folder);
  const figures = index && (await readFigures(events, index.figures));
  if (figures === undefined) return undefined;
  applyIndex(state, index!, figures);
  for (const problem of index!.problems) addProblem(state, describeProblem(events, problem));
  return { bytes: index!.bytes, lines: index!.lines };
}

/** The figures that an index names; `undefined` where one is not where it should be. */
async function readFigures(file: string, places: EventIndex['figures']): Promise<FigureState[] | undefined> {
  const figures: FigureState[] = [];
  let events: FileHandle | undefined;
  try {
    events = await open(file, 'r');
    for (const { trial, name, place } of places) {
      const line = Buffer.alloc(place.end - place.start);
      const { bytesRead } = await events.read(line, 0, line.length, place.start);
      const decoded = decodeEvent(line.toString('utf8', 0, bytesRead));
      if (!('event' in decoded) || decoded.event.type !== 'figure') return undefined;
      if (decoded.event.trial !== trial || decoded.event.name !== name) return undefined;
      figures.push({ trial, name, figure: decoded.event.figure });
    }
    return figures;
  } catch {
    return undefined;
  } finally {
    await events?.close();
  }
}
