import fc from 'fast-check';
import assert from 'node:assert/strict';
import { decodeEvent } from '../../../src/runtime/runs/decode-event.ts';
import { encodeJson, encodeNumbers } from '../../../src/runtime/runs/json.ts';
import { anyEvent } from './sample-events.ts';

describe('a line of events.jsonl', () => {
  it('is read as the event that was written', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const written = event.type === 'points' ? { ...event, values: encodeNumbers(event.values.map(Number)) } : event;
        const line = encodeJson(written);
        assert.ok(!line.includes('\n'));
        // JSON has no negative zero, and no experiment needs it.
        const expected = JSON.parse(
          JSON.stringify(written, (_, value: unknown) => (value === 0 ? 0 : notFinite(value))),
        ) as unknown;
        const decoded = decodeEvent(line);
        assert.ok('event' in decoded, line);
        const found = JSON.parse(
          JSON.stringify(decoded.event, (_, value: unknown) => (value === 0 ? 0 : notFinite(value))),
        ) as unknown;
        assert.deepEqual(found, expected);
      }),
    );
  });

  it('gives figures their numbers back', () => {
    const figure = {
      title: '',
      x: { label: '' },
      y: { label: '' },
      layers: [
        {
          type: 'heatmap',
          label: '',
          values: [
            [1, NaN],
            [Infinity, -Infinity],
          ],
        },
      ],
    };
    const decoded = decodeEvent(encodeJson({ at: 1, type: 'figure', trial: 'a#0', name: 'f', figure }));
    assert.deepEqual('event' in decoded && decoded.event, { at: 1, type: 'figure', trial: 'a#0', name: 'f', figure });
  });

  it('never makes the reader throw, whatever it holds', () => {
    const lines = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.tuple(anyEvent, fc.nat(200)).map(([event, cut]) => encodeJson(event).slice(0, cut)),
      fc
        .tuple(anyEvent, fc.string(), fc.jsonValue())
        .map(([event, key, value]) => encodeJson({ ...event, [key]: value })),
    );
    fc.assert(
      fc.property(lines, (line) => {
        const decoded = decodeEvent(line);
        assert.ok('event' in decoded || decoded.problem.length > 0);
      }),
      { numRuns: 200 },
    );
  });

  it('says what is wrong with it', () => {
    const problemOf = (line: string) => {
      const decoded = decodeEvent(line);
      return 'problem' in decoded ? decoded.problem : 'nothing';
    };
    assert.match(problemOf('{"at":1,"type":"sta'), /is not JSON: \{"at":1/);
    const cases = [
      ['{"at":1,"type":"teleported"}', 'this version of Marginalia knows no type "teleported"'],
      ['{"at":1}', 'type is missing'],
      ['3', 'it is 3, not an object'],
      ['{"at":1,"type":"started","pid":"x"}', 'pid is "x", not a number'],
      [
        '{"at":1,"type":"ended","outcome":"fine","seconds":1}',
        'outcome is "fine", not one of "completed", "failed", "stopped"',
      ],
      [
        '{"at":1,"type":"points","trial":"a#0","metric":"m","steps":[1],"values":["x"]}',
        'values is not a list of numbers',
      ],
      [
        '{"at":1,"type":"points","trial":"a#0","metric":"m","steps":[1,2,3],"values":[1,2]}',
        'it has 3 steps and 2 values',
      ],
    ] as const;
    for (const [line, wrong] of cases) assert.equal(problemOf(line), `is not an event: ${wrong}`);
  });
});

function notFinite(value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
