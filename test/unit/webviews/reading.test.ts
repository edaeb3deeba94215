import assert from 'node:assert/strict';
import { createMetricLines, type LineOptions } from '../../../src/webviews/dashboard/metric-lines.ts';
import { allStepsOf, indexOfStep, readAt, walkFrom } from '../../../src/webviews/dashboard/reading.ts';
import { appendPoints, createSeries, type Series } from '../../../src/webviews/dashboard/series-store.ts';

function series(arm: string, seed: number, steps: readonly number[], values: readonly number[]): Series {
  const made = createSeries(arm, seed);
  appendPoints(made, Float64Array.from(steps), Float64Array.from(values));
  return made;
}

function linesOf(all: readonly Series[], change: Partial<LineOptions> = {}) {
  const lines = createMetricLines(['rex', 'linear'], {
    aggregation: 'median',
    smoothing: 0,
    logarithmic: false,
    ...change,
  });
  lines.update(all);
  return lines;
}

const rex = [series('rex', 0, [0, 10, 20], [1, 2, 3]), series('rex', 1, [0, 10, 20], [3, 4, 5])];
const linear = [series('linear', 0, [0, 5], [9, 8])];

describe('lines of a metric', () => {
  it('are one an arm with a band, in the order of the arms', () => {
    const { lines } = linesOf([...linear, ...rex]);
    assert.deepEqual(
      lines.map((line) => [line.arm, line.length, line.band !== undefined]),
      [
        ['rex', 3, true],
        ['linear', 2, true],
      ],
    );
    assert.deepEqual([...lines[0]!.centre.drawn.subarray(0, 3)], [2, 3, 4]);
  });

  it('are one a seed where every seed is wanted', () => {
    const { lines } = linesOf([...linear, ...rex], { aggregation: 'seeds' });
    assert.deepEqual(
      lines.map((line) => [line.arm, line.seed]),
      [
        ['rex', 0],
        ['rex', 1],
        ['linear', 0],
      ],
    );
  });

  it('are smoothed over all points and keep the values as they are beside', () => {
    const { lines } = linesOf(rex, { smoothing: 0.5 });
    const { raw, drawn } = lines[0]!.centre;
    assert.deepEqual([...raw.subarray(0, 3)], [2, 3, 4]);
    assert.equal(drawn[0], 2);
    assert.ok(drawn[2]! < 4 && drawn[2]! > 3);
  });

  it('grow with their series', () => {
    const growing = series('rex', 0, [0], [1]);
    const lines = linesOf([growing]);
    appendPoints(growing, Float64Array.of(1, 2), Float64Array.of(2, 3));
    lines.update([growing, series('rex', 1, [0, 1], [5, 6])]);
    assert.deepEqual([...lines.lines[0]!.centre.drawn.subarray(0, 3)], [3, 4, 3]);
  });
});

describe('reading line', () => {
  it('stands at the logged step nearest to the pointer and reads every line that reaches it', () => {
    const { lines } = linesOf([...rex, ...linear]);
    assert.deepEqual(readAt(lines, 4, false), {
      step: 5,
      rows: [
        { arm: 'rex', step: 10, value: 3, band: { low: 2, high: 4, seeds: 2 } },
        { arm: 'linear', step: 5, value: 8, band: { low: 8, high: 8, seeds: 1 } },
      ],
    });
    assert.deepEqual(
      readAt(lines, 19, false)?.rows.map((row) => row.arm),
      ['rex'],
    );
  });

  it('measures nearness as a logarithmic axis does', () => {
    const { lines } = linesOf([series('rex', 0, [1, 100], [1, 2])]);
    assert.equal(readAt(lines, 20, true)?.step, 100);
    assert.equal(readAt(lines, 20, false)?.step, 1);
  });

  it('says nothing where there is nothing', () => {
    assert.equal(readAt([], 1, false), undefined);
  });

  it('walks from step to step and to either end', () => {
    const { lines } = linesOf([...rex, ...linear]);
    const view = { min: 0, max: 20 };
    assert.equal(walkFrom(lines, undefined, 1, view), 0);
    assert.equal(walkFrom(lines, 0, 1, view), 5);
    assert.equal(walkFrom(lines, 5, 1, view), 10);
    assert.equal(walkFrom(lines, 10, -1, view), 5);
    assert.equal(walkFrom(lines, 10, Infinity, view), 20);
    assert.equal(walkFrom(lines, 20, 1, view), 20);
  });

  it('crosses a long line in some hundred and fifty presses', () => {
    const steps = Array.from({ length: 10_000 }, (_, index) => index);
    const { lines } = linesOf([series('rex', 0, steps, steps)]);
    let step = 0;
    let presses = 0;
    for (; step < 9_999 && presses < 1000; presses++) step = walkFrom(lines, step, 1, { min: 0, max: 9_999 });
    assert.ok(presses <= 160);
  });
});

describe('table of a chart', () => {
  it('has a row for each step of any line', () => {
    const { lines } = linesOf([...rex, ...linear]);
    assert.deepEqual([...allStepsOf(lines)], [0, 5, 10, 20]);
    assert.equal(indexOfStep(lines[1]!, 5), 1);
    assert.equal(indexOfStep(lines[1]!, 10), undefined);
  });
});
