import { Bytes, message } from './bytes.ts';

/** Field numbers of the messages in TensorFlow's `event.proto`, `summary.proto`, `tensor.proto`. */
const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const summary = { value: 1 } as const;
const value = { tag: 1, simpleValue: 2, tensor: 8, metadata: 9 } as const;
const metadata = { pluginData: 1, description: 3 } as const;
const pluginData = { name: 1, content: 2 } as const;
const tensor = { type: 1, shape: 2, text: 8 } as const;
const shape = { dimension: 2 } as const;
const types = { float: 1, string: 7 } as const;

/** The event that every file begins with. `wallTime`: seconds since 1970. */
export function versionEvent(wallTime: number): Uint8Array {
  return message((bytes) => {
    bytes.doubleField(event.wallTime, wallTime);
    bytes.textField(event.fileVersion, 'brain.Event:2');
  });
}

/** Writes the scalars of one tag; made once for a tag, because its part of an event is always the same. */
export interface ScalarEncoder {
  /**
   * The event of one point, good until the next call.
   *
   * @param wallTime seconds since 1970.
   * @param step rounded to a whole number.
   * @param number rounded to 32 bits; NaN and infinities stay what they are.
   */
  encode(wallTime: number, step: number, number: number): Uint8Array;
}

/** @param description goes with the first point, in Markdown: readers keep what they meet first. */
export function createScalarEncoder(tag: string, description: string): ScalarEncoder {
  const tagField = message((bytes) => bytes.textField(value.tag, tag));
  const firstFields = message((bytes) => {
    bytes.raw(tagField);
    bytes.bytesField(value.metadata, describe('scalars', new Uint8Array(0), description));
  });
  const point = new Bytes();
  const points = new Bytes();
  const whole = new Bytes();
  let fields = firstFields;
  return {
    encode(wallTime, step, number) {
      point.clear();
      points.clear();
      whole.clear();
      point.raw(fields);
      point.floatField(value.simpleValue, number);
      points.bytesField(summary.value, point.written);
      whole.doubleField(event.wallTime, wallTime);
      whole.integerField(event.step, step);
      whole.bytesField(event.summary, points.written);
      fields = tagField;
      return whole.written;
    },
  };
}

/** An event whose summary shows `text`, in Markdown, under its tag. */
export function textEvent(wallTime: number, tag: string, text: string): Uint8Array {
  return summaryEvent(wallTime, (bytes) => {
    bytes.textField(value.tag, tag);
    bytes.bytesField(
      value.tensor,
      message((inner) => {
        inner.integerField(tensor.type, types.string);
        inner.bytesField(tensor.shape, new Uint8Array(0));
        inner.textField(tensor.text, text);
      }),
    );
    bytes.bytesField(value.metadata, describe('text', new Uint8Array(0)));
  });
}

/** An event that carries data of a plugin of the reader's, without numbers of its own. */
export function pluginEvent(wallTime: number, tag: string, plugin: string, content: Uint8Array): Uint8Array {
  return summaryEvent(wallTime, (bytes) => {
    bytes.textField(value.tag, tag);
    // Readers want a tensor; this one is empty.
    bytes.bytesField(
      value.tensor,
      message((inner) => {
        inner.integerField(tensor.type, types.float);
        inner.bytesField(
          tensor.shape,
          message((dimensions) => dimensions.bytesField(shape.dimension, new Uint8Array(0))),
        );
      }),
    );
    bytes.bytesField(value.metadata, describe(plugin, content));
  });
}

function summaryEvent(wallTime: number, writeValue: (bytes: Bytes) => void): Uint8Array {
  return message((bytes) => {
    bytes.doubleField(event.wallTime, wallTime);
    bytes.bytesField(
      event.summary,
      message((inner) => inner.bytesField(summary.value, message(writeValue))),
    );
  });
}

function describe(plugin: string, content: Uint8Array, description?: string): Uint8Array {
  return message((bytes) => {
    bytes.bytesField(
      metadata.pluginData,
      message((inner) => {
        inner.textField(pluginData.name, plugin);
        if (content.length > 0) inner.bytesField(pluginData.content, content);
      }),
    );
    if (description !== undefined) bytes.textField(metadata.description, description);
  });
}
