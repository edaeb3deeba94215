import * as v from 'valibot';
import { encodeJson } from '../runs/json.ts';
import { figureSchema } from '../runs/schemas.ts';
import type { Figure } from '../sdk/figure.ts';
import type { TrialSink } from '../sdk/index.ts';
import type { CheckpointFiles } from './checkpoint.ts';
import { control, request, type Channel, type FrameWriter } from './channel.ts';
import type { Note } from './protocol.ts';
import { StopSignal } from './stop-signal.ts';

/** How often one trial's figures are redrawn at most, in turns of the recorder's clock: five times a second. */
const figureTicks = 4;
/** A larger figure would make every viewer stutter. */
const figureBytes = 2 << 20;

/** Where a trial's records go, and what follows its end. */
export interface RecordingSink extends TrialSink {
  /** Writes what was held back. */
  finish(): void;
  /** Milliseconds for which the trial was paused. */
  readonly pausedMilliseconds: number;
}

export interface TrialSinkOptions {
  /** Names of the metrics in declared order. */
  readonly metrics: readonly string[];
  readonly checkpoint: CheckpointFiles;
  /** Kernels that the engine has left to the plain one; grows while the trial computes. */
  readonly copied: ReadonlySet<string>;
}

/** Sends a trial's records to the recorder, and is where pause and stop take effect. */
export function createTrialSink(
  channel: Channel,
  writer: FrameWriter,
  { metrics, checkpoint, copied }: TrialSinkOptions,
): RecordingSink {
  const words = channel.control;
  const metricIndex = new Map(metrics.map((name, index) => [name, index]));
  /** Figures that were drawn faster than they are shown: as they will be when their time comes. */
  const pending = new Map<string, Figure>();
  let figuresWritten = -figureTicks;
  let progressWritten = -1;
  let silent = true;
  /** How many of the copied kernels have been told; the set keeps their order. */
  let copiedTold = 0;
  let pausedMilliseconds = 0;

  const send = (note: Note) => {
    writer.message(encodeJson(note));
  };

  /** Waits out a pause, and leaves the trial when it is to stop. */
  function obey(): void {
    const began = performance.now();
    for (;;) {
      const asked = Atomics.load(words, control.request);
      if (asked === request.stop) throw new StopSignal();
      if (asked === request.none) break;
      Atomics.wait(words, control.request, request.pause);
    }
    pausedMilliseconds += performance.now() - began;
  }

  function writeFigures(): void {
    figuresWritten = words[control.ticks]!;
    for (const [name, figure] of pending) {
      const text = encodeJson({ type: 'figure', name, figure } satisfies Note);
      if (text.length > figureBytes) {
        throw new RangeError(
          `show: the figure '${name}' takes ${(text.length / 2 ** 20).toFixed(1)} MB; at most 2 MB. Draw fewer cells or dots.`,
        );
      }
      writer.message(text);
    }
    pending.clear();
  }

  function tellCopied(): void {
    if (copied.size > copiedTold) send({ type: 'copied', kernels: [...copied].slice(copiedTold) });
    copiedTold = copied.size;
  }

  return {
    log(step, values) {
      if (words[control.request] !== request.none) obey();
      for (const metric in values) writer.point(metricIndex.get(metric)!, step, values[metric]!);
      if (silent) {
        silent = false;
        writer.hurry();
      } else if (copied.size > copiedTold) tellCopied();
      if (pending.size > 0 && words[control.ticks]! - figuresWritten >= figureTicks) writeFigures();
    },
    show(name, figure) {
      if (words[control.request] !== request.none) obey();
      const result = v.safeParse(figureSchema, figure, { abortEarly: true });
      if (!result.success) {
        const issue = result.issues[0];
        throw new TypeError(`show: the figure '${name}': ${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
      }
      pending.set(name, figure);
      if (words[control.ticks]! - figuresWritten >= figureTicks) writeFigures();
    },
    progress(share) {
      if (words[control.request] !== request.none) obey();
      if (words[control.ticks] === progressWritten) return;
      progressWritten = words[control.ticks]!;
      send({ type: 'progress', share });
    },
    checkpoint: {
      restore: <State>(initial: State) => (checkpoint.restore() as State | undefined) ?? initial,
      save(state) {
        if (words[control.request] !== request.none) obey();
        send({ type: 'checkpoint', number: checkpoint.save(state) });
      },
    },
    finish() {
      writeFigures();
      tellCopied();
    },
    get pausedMilliseconds() {
      return pausedMilliseconds;
    },
  };
}
