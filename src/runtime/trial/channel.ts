/**
 * The way from a trial's main thread to its recorder thread: a ring of bytes in shared memory. The main thread only
 * writes into memory, so a training loop that never yields loses no time to it, and the recorder carries the bytes on
 * while that loop runs.
 *
 * Positions count bytes and grow without end (modulo 2^32). The head is moved by whole frames only, and every frame is a
 * multiple of 8 bytes long, so the recorder always stops between two frames.
 */
import { clearWideRegisters } from './clear-wide-registers.ts';
import { encodeHeader, frameKind, jsonPartBytes, pointBytes } from './frames.ts';

/** Indices into the channel's shared control words. */
export const control = {
  /** Bytes written by the main thread. */
  head: 0,
  /** Bytes carried on by the recorder. */
  tail: 1,
  /** 1: the recorder should not sleep out its interval. */
  wake: 2,
  /** What is asked of the trial: `request`. */
  request: 3,
  /** Grows with every turn of the recorder (about 20 a second): a clock that costs nothing to read. */
  ticks: 4,
  /** Number of the job that is being done, 0 between jobs. */
  job: 5,
  /** Seconds that the job may take, 0 for no limit. */
  limitSeconds: 6,
} as const;

/** Values of the control word `request`. */
export const request = { none: 0, pause: 1, stop: 2 } as const;

const controlWords = 16;
const capacity = 1 << 20;

/** The shared memory of a channel, as it is passed to the recorder. */
export interface Channel {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly data: Uint8Array<SharedArrayBuffer>;
}

export function createChannel(): Channel {
  return {
    control: new Int32Array(new SharedArrayBuffer(controlWords * 4)),
    data: new Uint8Array(new SharedArrayBuffer(capacity)),
  };
}

/** The main thread's end. Its functions block while the ring is full: nothing is dropped. */
export interface FrameWriter {
  /** Writes one point of the metric with this index. */
  point(metric: number, step: number, value: number): void;
  /** Writes a message, which must survive `JSON.stringify`, and wakes the recorder. */
  message(text: string): void;
  /** Asks the recorder not to wait for the end of its interval. */
  hurry(): void;
  /** Waits until everything written has been carried on, at most 5 seconds. For the last moments of a process. */
  flush(): void;
}

export function createFrameWriter({ control: words, data }: Channel): FrameWriter {
  const slotMask = (capacity >> 3) - 1;
  const floats = new Float64Array(data.buffer);
  const headers = new Uint32Array(data.buffer);
  let head = Atomics.load(words, control.head);
  let knownTail = Atomics.load(words, control.tail);

  const used = () => (head - knownTail) >>> 0;

  function hurry(): void {
    if (Atomics.exchange(words, control.wake, 1) === 0) Atomics.notify(words, control.wake);
  }

  /** Waits until `bytes` fit. */
  function reserve(bytes: number): void {
    if (used() + bytes <= capacity >> 1) return;
    knownTail = Atomics.load(words, control.tail);
    if (used() + bytes <= capacity >> 1) return;
    hurry();
    while (used() + bytes > capacity) {
      Atomics.wait(words, control.tail, knownTail, 1000);
      knownTail = Atomics.load(words, control.tail);
      hurry();
    }
  }

  function publish(bytes: number): void {
    head = (head + bytes) | 0;
    Atomics.store(words, control.head, head);
  }

  /** One frame of at most `jsonPartBytes`, padded to a multiple of 8. */
  function part(kind: number, bytes: Uint8Array): void {
    const padded = 8 + ((bytes.length + 7) & ~7);
    reserve(padded);
    const slot = (head >>> 3) & slotMask;
    encodeHeader(headers, slot << 1, kind, 0, bytes.length);
    const start = ((slot + 1) & slotMask) << 3;
    const untilEnd = Math.min(bytes.length, capacity - start);
    data.set(bytes.subarray(0, untilEnd), start);
    data.set(bytes.subarray(untilEnd), 0);
    publish(padded);
  }

  return {
    point(metric, step, value) {
      reserve(pointBytes);
      const slot = (head >>> 3) & slotMask;
      encodeHeader(headers, slot << 1, frameKind.point, metric, pointBytes - 8);
      floats[(slot + 1) & slotMask] = step;
      floats[(slot + 2) & slotMask] = value;
      publish(pointBytes);
    },
    message(text) {
      const bytes = new TextEncoder().encode(text);
      let start = 0;
      for (; bytes.length - start > jsonPartBytes; start += jsonPartBytes) {
        part(frameKind.jsonPart, bytes.subarray(start, start + jsonPartBytes));
      }
      part(frameKind.json, bytes.subarray(start));
      hurry();
      clearWideRegisters();
    },
    hurry,
    flush() {
      const end = performance.now() + 5000;
      while (Atomics.load(words, control.tail) !== head && performance.now() < end) {
        hurry();
        Atomics.wait(words, control.tail, Atomics.load(words, control.tail), 20);
      }
    },
  };
}

/** The recorder's end: hands everything written so far to `write`, in order, and makes room for more. */
export function drain({ control: words, data }: Channel, write: (bytes: Uint8Array) => void): void {
  let tail = Atomics.load(words, control.tail);
  for (;;) {
    const waiting = (Atomics.load(words, control.head) - tail) >>> 0;
    if (waiting === 0) return;
    const start = (tail >>> 0) & (capacity - 1);
    const length = Math.min(waiting, capacity - start);
    write(data.subarray(start, start + length));
    tail = (tail + length) | 0;
    Atomics.store(words, control.tail, tail);
    Atomics.notify(words, control.tail);
  }
}
