import { isOver, runTiming, type RunState } from '../runtime/runs/state.ts';
import type { RunDisplay } from './execute-run.ts';
import { clip, duration } from './output.ts';

/** Where progress is shown: the error stream, so that the result can be piped on. */
type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;

/** Shows progress as one redrawn line on a terminal, else as a plain line now and then. */
export function progressOn(stream: Stream, label: string): RunDisplay {
  return stream.isTTY ? redrawnLine(stream, label) : plainLines(stream, label);
}

function redrawnLine(stream: Stream, label: string): RunDisplay {
  let state: RunState | undefined;
  const clear = '\r\u001b[2K';
  const draw = () => {
    if (state && !isOver(state.status)) {
      stream.write(
        clear + clip(`${label}  ${bar(runTiming(state, Date.now()).share)}  ${told(state)}`, stream.columns - 1),
      );
    }
  };
  // The clock goes on where no event comes for a while.
  const timer = setInterval(draw, 250);
  return {
    update(next) {
      state = next;
      draw();
    },
    say(text) {
      stream.write(`${clear}${text}\n`);
      draw();
    },
    end() {
      clearInterval(timer);
      stream.write(clear);
    },
  };
}

/** A line every ten percent, but none within a second of the last. */
function plainLines(stream: Stream, label: string): RunDisplay {
  let lastTenth = -1;
  let lastAt = 0;
  return {
    update(state) {
      const tenth = Math.floor(runTiming(state, Date.now()).share * 10);
      if (tenth === lastTenth || Date.now() - lastAt < 1000 || isOver(state.status)) return;
      lastTenth = tenth;
      lastAt = Date.now();
      stream.write(`${label}: ${told(state)}\n`);
    },
    say: (text) => void stream.write(`${text}\n`),
    end: () => undefined,
  };
}

function bar(share: number): string {
  const width = 24;
  const full = Math.round(share * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

function told(state: RunState): string {
  if (state.trials.length === 0) return state.status;
  const { share, elapsedSeconds, remainingSeconds } = runTiming(state, Date.now());
  const done = state.trials.filter((trial) => trial.status !== 'waiting' && trial.status !== 'running').length;
  const time = remainingSeconds === undefined ? duration(elapsedSeconds) : `${duration(remainingSeconds)} left`;
  const status = state.status === 'running' ? '' : `, ${state.status}`;
  return `${Math.floor(share * 100)} %, ${done} of ${state.trials.length} trials, ${time}${status}`;
}
