/**
 * The bytes that a trial process sends to the run's process: frames, each with a header of 8 bytes: a word with the kind
 * in its low byte and an index above it, and a word with the length of the payload, which is padded to a multiple of 8.
 */

export const frameKind = {
  /** Two Float64: step and value of the metric with the header's index. */
  point: 1,
  /** UTF-8 of a JSON message that goes on in the next frame. */
  jsonPart: 2,
  /** UTF-8 of a JSON message, or the end of one. */
  json: 3,
  /** A whole JSON message of the recorder's own, which may stand between the parts of another. */
  recorderJson: 4,
} as const;

/** Length of a point's frame, header included. */
export const pointBytes = 24;
/** The longest payload of a frame: a longer message is written in parts. */
export const jsonPartBytes = 1 << 15;

export function encodeHeader(words: Uint32Array, at: number, kind: number, index: number, length: number): void {
  words[at] = kind | (index << 8);
  words[at + 1] = length;
}

/** A message of the recorder's own as one frame. */
export function recorderFrame(message: unknown): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(message));
  const frame = new Uint8Array(8 + ((text.length + 7) & ~7));
  encodeHeader(new Uint32Array(frame.buffer, 0, 2), 0, frameKind.recorderJson, 0, text.length);
  frame.set(text, 8);
  return frame;
}

/** Who receives decoded frames. */
export interface FrameSink {
  point(metric: number, step: number, value: number): void;
  message(message: unknown): void;
}

/** Takes bytes as they come, in pieces of any length, and tells the sink of every frame as soon as it is whole. */
export function createFrameDecoder(sink: FrameSink): (bytes: Uint8Array) => void {
  let rest: Uint8Array = new Uint8Array(0);
  let parts: Uint8Array[] = [];
  return (incoming) => {
    const bytes = rest.length === 0 ? incoming : Buffer.concat([rest, incoming]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (bytes.length - at >= 8) {
      const word = view.getUint32(at, true);
      const length = view.getUint32(at + 4, true);
      const end = at + 8 + ((length + 7) & ~7);
      if (end > bytes.length) break;
      const kind = word & 0xff;
      if (kind === frameKind.point) {
        sink.point(word >>> 8, view.getFloat64(at + 8, true), view.getFloat64(at + 16, true));
      } else {
        const payload = bytes.subarray(at + 8, at + 8 + length);
        if (kind === frameKind.recorderJson) {
          sink.message(parse([payload]));
        } else {
          parts.push(kind === frameKind.jsonPart ? payload.slice() : payload);
          if (kind === frameKind.json) {
            const whole = parse(parts);
            parts = [];
            sink.message(whole);
          }
        }
      }
      at = end;
    }
    rest = bytes.slice(at);
  };
}

function parse(parts: readonly Uint8Array[]): unknown {
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
}
