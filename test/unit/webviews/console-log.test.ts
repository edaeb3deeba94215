import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createConsoleLog, findInLines } from '../../../src/webviews/dashboard/console-log.ts';

function linesOf(...pieces: string[]): string[] {
  const log = createConsoleLog();
  for (const piece of pieces) log.append(piece);
  return [...log.lines];
}

describe('console', () => {
  it('has the same lines however the text was cut on its way', () => {
    const text = fc.array(fc.constantFrom('loss', ' ', '\n', '\r\n', '\u001b[32m', '\u001b[0m', 'é', '\n\n'), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, fc.array(fc.nat(60), { maxLength: 8 }), (parts, cuts) => {
        const whole = parts.join('');
        const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length])].sort(
          (a, b) => a - b,
        );
        const pieces = places.slice(1).map((place, index) => whole.slice(places[index], place));
        assert.deepEqual(linesOf(...pieces), linesOf(whole));
      }),
    );
  });

  it('leaves out colours and shows what a carriage return left standing', () => {
    assert.deepEqual(linesOf('\u001b[1;32mdone\u001b[0m\n10 %\r50 %\r90 %\nend'), ['done', '90 %', 'end']);
    assert.deepEqual(linesOf('10 %\r', '50 %\r', '90 %'), ['90 %']);
  });

  it('says from which line on it changed', () => {
    const log = createConsoleLog();
    assert.equal(log.append('one\ntw'), 0);
    assert.equal(log.append('o\nthree\n'), 1);
    assert.equal(log.append('four\n'), 3);
    assert.deepEqual([...log.lines], ['one', 'two', 'three', 'four']);
  });

  it('finds every place of a text, in lower or upper case', () => {
    assert.deepEqual(findInLines(['Loss loss', 'none', 'LOSS'], 'loss'), [
      { line: 0, column: 0 },
      { line: 0, column: 5 },
      { line: 2, column: 0 },
    ]);
    assert.deepEqual(findInLines(['Loss', 'loss'], 'loss', 1), [{ line: 1, column: 0 }]);
    assert.deepEqual(findInLines(['anything'], ''), []);
  });
});
