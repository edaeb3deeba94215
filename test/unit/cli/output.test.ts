import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clip, columns, counted, duration, number } from '../../../src/cli/output.ts';

describe('what the command line prints', () => {
  it('sets columns side by side and leaves no space at the end of a line', () => {
    const rows = [
      ['rex', '0.3', 'holds'],
      ['linear', '12.25', ''],
    ];
    assert.deepEqual(columns(rows, [1]), ['rex       0.3  holds', 'linear  12.25']);
    assert.deepEqual(columns([]), []);
  });

  it('gives every cell of a column the same place', () => {
    const cell = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
        const lines = columns(rows);
        const second = Math.max(...rows.map((row) => row[0].length)) + 2;
        const third = second + Math.max(...rows.map((row) => row[1].length)) + 2;
        rows.forEach((row, index) => {
          assert.equal(lines[index]!.slice(second, second + row[1].length), row[1]);
          assert.equal(lines[index]!.slice(third), row[2]);
        });
      }),
    );
  });

  it('says durations as a person does', () => {
    assert.deepEqual([0, 3.21, 59.9, 59.97, 60, 250, 3600, 7520].map(duration), [
      '0.0 s',
      '3.2 s',
      '59.9 s',
      '1 min 0 s',
      '1 min 0 s',
      '4 min 10 s',
      '1 h 0 min',
      '2 h 5 min',
    ]);
  });

  it('shortens numbers and text without hiding what they are', () => {
    assert.deepEqual([1 / 3, 123456, 1e-9, NaN, -Infinity].map(number), [
      '0.3333',
      '123500',
      '1e-9',
      'NaN',
      '-Infinity',
    ]);
    assert.equal(clip('a long title', 7), 'a long…');
    assert.equal(clip('short', 5), 'short');
    assert.deepEqual([counted(1, 'seed'), counted(0, 'seed')], ['1 seed', '0 seeds']);
  });
});
