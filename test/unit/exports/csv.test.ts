import fc from 'fast-check';
import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/runtime/runs/events.ts';
import { csvRow } from '../../../src/runtime/exports/csv/csv.ts';
import { csvHeading, csvRows } from '../../../src/runtime/exports/csv/run-csv.ts';
import { readCsv } from './read-csv.ts';

const exported = (events: readonly RunEvent[]) => csvHeading + csvRows(events);

describe('CSV', () => {
  it('quotes only what would break a row, and doubles quotes', () => {
    assert.equal(csvRow(['a', 'b c', '']), 'a,b c,\r\n');
    assert.equal(csvRow(['a,b', 'say "x"', 'two\nlines']), '"a,b","say ""x""","two\nlines"\r\n');
  });

  it('reads back as what was written', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', ' ', 'é', ';') });
    fc.assert(
      fc.property(fc.array(fc.array(text, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (rows) => {
        assert.deepEqual(readCsv(rows.map((row) => csvRow(row)).join('')), rows);
      }),
    );
  });

  it('has a row for each point, in long form, with all digits', () => {
    const text = exported([
      { at: 1, type: 'started', pid: 1 },
      { at: 2, type: 'points', trial: 'rex#0', metric: 'loss', steps: [1, 2.5], values: [0.1 + 0.2, 1e-300] },
    ]);
    assert.equal(
      text,
      'trial,arm,seed,metric,step,value\r\nrex#0,rex,0,loss,1,0.30000000000000004\r\nrex#0,rex,0,loss,2.5,1e-300\r\n',
    );
  });

  it('writes NaN and the infinities as such', () => {
    const text = exported([
      { at: 2, type: 'points', trial: 'a#12', metric: 'm', steps: [0, 1, 2], values: ['NaN', 'Infinity', '-Infinity'] },
    ]);
    assert.deepEqual(
      readCsv(text).map((row) => row.at(-1)),
      ['value', 'NaN', 'Infinity', '-Infinity'],
    );
  });

  it('keeps every number exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.double()), (values) => {
        const text = exported([
          {
            at: 1,
            type: 'points',
            trial: 'a#0',
            metric: 'm',
            steps: values.map((_, index) => index),
            values,
          },
        ]);
        const read = readCsv(text)
          .slice(1)
          .map((row) => Number(row.at(-1)));
        // CSV has one zero.
        assert.deepEqual(
          read,
          values.map((value) => (value === 0 ? 0 : value)),
        );
      }),
    );
  });

  it('has a heading even where nothing was logged', () => {
    assert.equal(exported([]), 'trial,arm,seed,metric,step,value\r\n');
  });
});
