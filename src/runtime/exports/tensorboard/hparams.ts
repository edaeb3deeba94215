import type { Outcome } from '../../runs/events.ts';
import type { ParameterRecord } from '../../sdk/parameters.ts';
import { message } from './bytes.ts';
import { pluginEvent } from './event.ts';

/** Field numbers of the messages in the HParams plugin's `plugin_data.proto`. */
const data = { sessionStart: 3, sessionEnd: 4 } as const;
const start = { parameters: 1, group: 4, seconds: 5 } as const;
const entry = { key: 1, value: 2 } as const;
const any = { number: 2, text: 3, flag: 4 } as const;
const end = { status: 1, seconds: 2 } as const;
/** The plugin knows unknown, success, failure and running; a stopped trial is none of the last three. */
const statuses: Readonly<Record<Outcome, number>> = { completed: 1, failed: 2, stopped: 0 };

/**
 * Tells the HParams view what a trial ran with.
 *
 * @param wallTime seconds since 1970 at which the trial started.
 * @param group trials of one group are shown as repetitions of each other, their metrics averaged.
 */
export function hparamsStartEvent(wallTime: number, group: string, parameters: ParameterRecord): Uint8Array {
  const content = message((bytes) => {
    for (const [name, value] of Object.entries(parameters)) {
      bytes.bytesField(
        start.parameters,
        message((inner) => {
          inner.textField(entry.key, name);
          inner.bytesField(entry.value, anyValue(value));
        }),
      );
    }
    bytes.textField(start.group, group);
    bytes.doubleField(start.seconds, wallTime);
  });
  return hparamsEvent(wallTime, '_hparams_/session_start_info', data.sessionStart, content);
}

/** Tells the HParams view that and how a trial ended. `wallTime`: seconds since 1970. */
export function hparamsEndEvent(wallTime: number, outcome: Outcome): Uint8Array {
  const content = message((bytes) => {
    bytes.integerField(end.status, statuses[outcome]);
    bytes.doubleField(end.seconds, wallTime);
  });
  return hparamsEvent(wallTime, '_hparams_/session_end_info', data.sessionEnd, content);
}

function hparamsEvent(wallTime: number, tag: string, field: number, content: Uint8Array): Uint8Array {
  return pluginEvent(
    wallTime,
    tag,
    'hparams',
    message((bytes) => bytes.bytesField(field, content)),
  );
}

function anyValue(value: number | string | boolean): Uint8Array {
  return message((bytes) => {
    if (typeof value === 'number') bytes.doubleField(any.number, value);
    else if (typeof value === 'string') bytes.textField(any.text, value);
    else bytes.flagField(any.flag, value);
  });
}
