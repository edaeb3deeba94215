import assert from 'node:assert/strict';
import { betterDate, displayDate, monthOf, readMonthDay, yearOf } from '../../../src/corpus/date.ts';

describe('dates', () => {
  it('are read with a year or without', () => {
    assert.equal(readMonthDay('Oct 3, 2023'), '2023-10-03');
    assert.equal(readMonthDay('September 28'), '--09-28');
    assert.equal(readMonthDay('Feb 29'), '--02-29');
  });

  it('of no calendar are none', () => {
    for (const text of ['Feb 30', 'Oct 0, 2023', 'Oct 32', 'Okt 3', 'Octopus 3', '3 Oct', 'Oct']) {
      assert.equal(readMonthDay(text), undefined, text);
    }
  });

  it('tell year and month where they are known', () => {
    assert.deepEqual(
      ['2023-10-03', '2023-10', '2023', '--10-03', undefined].map((date) => [yearOf(date), monthOf(date)]),
      [
        [2023, 10],
        [2023, 10],
        [2023, undefined],
        [undefined, 10],
        [undefined, undefined],
      ],
    );
  });

  it('are shown as precisely as they are known', () => {
    assert.deepEqual(['2023-10-03', '2023-10', '2023', '--06-09'].map(displayDate), [
      '3 October 2023',
      'October 2023',
      '2023',
      '9 June',
    ]);
  });

  it('of which one says more win, and of two that say as much the earlier', () => {
    assert.equal(betterDate('2023', '2023-10-03'), '2023-10-03');
    assert.equal(betterDate('--10-03', '2023'), '2023');
    assert.equal(betterDate('2023-10-03', '2022-01-01'), '2022-01-01');
    assert.equal(betterDate(undefined, '2022'), '2022');
  });
});
