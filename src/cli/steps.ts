import { clip, duration } from './output.ts';

/** Where progress is shown: the error stream, so that the result can be piped on. */
type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;

/** Shows long steps while they go on. */
export interface StepsDisplay {
  /** A step begins; the one before it is done. */
  readonly step: (text: string) => void;
  /** What the step is at. */
  readonly detail: (text: string) => void;
  readonly end: () => void;
}

/** One line a step; on a terminal the last is redrawn with its time and what it is at. */
export function stepsOn(stream: Stream): StepsDisplay {
  const began = performance.now();
  if (!stream.isTTY) {
    return { step: (text) => void stream.write(`${text} …\n`), detail: () => undefined, end: () => undefined };
  }
  const clear = '\r\u001b[2K';
  let step: string | undefined;
  let detail = '';
  // A terminal that does not know its width says 0.
  const fit = (text: string) => clip(text, (stream.columns || 80) - 1);
  const line = () => `${step ?? ''} … ${duration((performance.now() - began) / 1000)}`;
  const draw = () => {
    if (step !== undefined) stream.write(clear + fit(detail === '' ? line() : `${line()}  ${detail}`));
  };
  const timer = setInterval(draw, 250);
  return {
    step(text) {
      if (step !== undefined) stream.write(`${clear}${fit(line())}\n`);
      [step, detail] = [text, ''];
      draw();
    },
    detail: (text) => void (detail = text.trim()),
    end() {
      clearInterval(timer);
      if (step !== undefined) stream.write(`${clear}${fit(line())}\n`);
    },
  };
}
