import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decimate, decimateBand, decimateMarks, type Viewport } from '../../../src/webviews/dashboard/decimate.ts';
import { createExtremes, findOutstanding, updateExtremes } from '../../../src/webviews/dashboard/extremes.ts';

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -1000, max: 1000, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, 0, -0) },
);

interface Line {
  readonly steps: Float64Array;
  readonly values: Float64Array;
  readonly length: number;
}

/** Ascending steps, some equal, with a value each, and room at the end that must not be looked at. */
const line: fc.Arbitrary<Line> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3 }), value), { minLength: 1, maxLength: 400 })
  .map((points) => {
    let step = 0;
    const steps = new Float64Array(points.length + 5).fill(NaN);
    const values = new Float64Array(points.length + 5).fill(1e9);
    points.forEach(([gap, height], index) => {
      step += gap;
      steps[index] = step;
      values[index] = height;
    });
    return { steps, values, length: points.length };
  });

const view = fc.record({
  from: fc.double({ min: 0, max: 0.9, noNaN: true }),
  width: fc.double({ min: 0.05, max: 1, noNaN: true }),
  columns: fc.integer({ min: 1, max: 40 }),
  logarithmic: fc.boolean(),
  logarithmicValues: fc.boolean(),
});

function viewportOf(
  { steps, length }: Line,
  wanted: { from: number; width: number; columns: number; logarithmic: boolean },
): Viewport {
  const last = Math.max(1, steps[length - 1]!);
  const min = Math.max(wanted.logarithmic ? 0.5 : 0, wanted.from * last);
  return { min, max: min + wanted.width * last, columns: wanted.columns, logarithmic: wanted.logarithmic };
}

function extremesOf({ values, length }: Line, logarithmic: boolean) {
  const extremes = createExtremes(logarithmic);
  updateExtremes(extremes, values, length, 0);
  return extremes;
}

function isDrawable(height: number, logarithmic: boolean): boolean {
  return Number.isFinite(height) && (!logarithmic || height > 0);
}

describe('decimation', () => {
  it('keeps the first, last, lowest and highest point in view, in order and each once', () => {
    fc.assert(
      fc.property(line, view, (points, wanted) => {
        const viewport = viewportOf(points, wanted);
        const { steps, values, length } = points;
        const kept = decimate(steps, values, length, viewport, extremesOf(points, wanted.logarithmicValues));
        for (let index = 1; index < kept.length; index++) assert.ok(kept[index]! > kept[index - 1]!);
        assert.ok(kept.every((index) => index < length));
        const inView = Array.from({ length }, (_, index) => index).filter(
          (index) =>
            steps[index]! >= viewport.min &&
            steps[index]! <= viewport.max &&
            isDrawable(values[index]!, wanted.logarithmicValues),
        );
        if (inView.length === 0) return;
        const chosen = new Set(kept);
        const heights = inView.map((index) => values[index]!);
        const keptHeights = inView.filter((index) => chosen.has(index)).map((index) => values[index]!);
        assert.ok(chosen.has(inView[0]!) && chosen.has(inView.at(-1)!));
        assert.equal(Math.min(...keptHeights), Math.min(...heights));
        assert.equal(Math.max(...keptHeights), Math.max(...heights));
      }),
    );
  });

  it('keeps all points while there are at most four a column, and never many more than that', () => {
    fc.assert(
      fc.property(line, view, (points, wanted) => {
        const viewport = viewportOf(points, wanted);
        const { steps, values, length } = points;
        const kept = decimate(steps, values, length, viewport, extremesOf(points, false));
        const inView = steps.subarray(0, length).filter((step) => step >= viewport.min && step <= viewport.max).length;
        if (inView <= 4 * viewport.columns) assert.ok(kept.length >= inView);
        else assert.ok(kept.length <= 4 * (viewport.columns + 1) + 2);
      }),
    );
  });

  it('keeps the extremes of every pixel column of a long line', () => {
    const length = 100_000;
    const steps = Float64Array.from({ length }, (_, index) => index);
    const values = Float64Array.from({ length }, (_, index) => Math.sin(index * 12.9898) * ((index * 7919) % 1000));
    const viewport = { min: 0, max: length, columns: 500, logarithmic: false };
    const kept = new Set(decimate(steps, values, length, viewport, extremesOf({ steps, values, length }, false)));
    assert.ok(kept.size <= 4 * 501);
    for (let column = 0; column < 500; column++) {
      const indices = Array.from({ length: 200 }, (_, offset) => column * 200 + offset);
      const heights = indices.map((index) => values[index]!);
      const keptHeights = indices.filter((index) => kept.has(index)).map((index) => values[index]!);
      assert.equal(Math.max(...keptHeights), Math.max(...heights));
      assert.equal(Math.min(...keptHeights), Math.min(...heights));
    }
  });

  it('draws one point beyond either edge, so that lines leave the picture', () => {
    const steps = Float64Array.of(0, 10, 20, 30, 40);
    const values = Float64Array.of(1, 2, 3, 4, 5);
    const viewport = { min: 15, max: 25, columns: 100, logarithmic: false };
    const kept = decimate(steps, values, 5, viewport, extremesOf({ steps, values, length: 5 }, false));
    assert.deepEqual([...kept], [1, 2, 3]);
  });

  it('keeps a gap where a whole column cannot be drawn', () => {
    const length = 1000;
    const steps = Float64Array.from({ length }, (_, index) => index);
    const values = Float64Array.from({ length }, (_, index) => (index >= 400 && index < 600 ? NaN : 1));
    const viewport = { min: 0, max: 1000, columns: 10, logarithmic: false };
    const kept = decimate(steps, values, length, viewport, extremesOf({ steps, values, length }, false));
    assert.deepEqual(
      [...kept].filter((index) => Number.isNaN(values[index]!)),
      [400, 500],
    );
  });

  it('outlines a band at its full height in every column', () => {
    fc.assert(
      fc.property(line, view, (points, wanted) => {
        const viewport = viewportOf(points, wanted);
        const { steps, values, length } = points;
        const high = values.map((height) => height + 1);
        const outline = decimateBand(
          { steps, low: values, high, length },
          viewport,
          extremesOf(points, false),
          extremesOf({ ...points, values: high }, false),
        );
        const inView = Array.from({ length }, (_, index) => index).filter(
          (index) => steps[index]! >= viewport.min && steps[index]! <= viewport.max && Number.isFinite(values[index]!),
        );
        const lows = [...outline.low].filter((height) => Number.isFinite(height));
        const highs = [...outline.high].filter((height) => Number.isFinite(height));
        if (inView.length === 0) return;
        assert.ok(Math.min(...lows) <= Math.min(...inView.map((index) => values[index]!)));
        assert.ok(Math.max(...highs) >= Math.max(...inView.map((index) => high[index]!)));
        for (let index = 1; index < outline.steps.length; index++) {
          assert.ok(outline.steps[index]! >= outline.steps[index - 1]!);
        }
      }),
    );
  });

  it('marks points that no line can show once a column, the first of each', () => {
    const steps = Float64Array.from({ length: 100 }, (_, index) => index);
    const odd = Uint32Array.from([3, 4, 5, 40, 77, 78]);
    const viewport = { min: 0, max: 100, columns: 10, logarithmic: false };
    assert.deepEqual([...decimateMarks(steps, odd, 6, viewport)], [3, 40, 77]);
    assert.deepEqual([...decimateMarks(steps, odd, 3, viewport)], [3]);
    assert.deepEqual([...decimateMarks(steps, odd, 6, { ...viewport, min: 50 })], [77]);
  });
});

describe('extremes of a line', () => {
  it('are the same whether it came at once or piece by piece', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 200 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }),
        fc.boolean(),
        (heights, pieces, logarithmic) => {
          const values = Float64Array.from(heights);
          const grown = createExtremes(logarithmic);
          let length = 0;
          for (const piece of [...pieces, values.length]) {
            const from = length;
            length = Math.min(values.length, length + piece);
            updateExtremes(grown, values, length, from);
          }
          const whole = createExtremes(logarithmic);
          updateExtremes(whole, values, values.length, 0);
          const found = { first: 0, last: 0, lowest: 0, highest: 0 };
          const expected = { ...found };
          for (let from = 0; from < values.length; from += 7) {
            for (let to = from + 1; to <= values.length; to += 11) {
              findOutstanding(found, grown, values, from, to);
              findOutstanding(expected, whole, values, from, to);
              assert.deepEqual(found, expected);
              const drawable = [...values.subarray(from, to)].filter((height) => isDrawable(height, logarithmic));
              assert.equal(found.first < 0, drawable.length === 0);
              if (drawable.length > 0) assert.equal(values[found.highest], Math.max(...drawable));
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
