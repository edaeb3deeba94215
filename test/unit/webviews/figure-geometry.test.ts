import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Figure, FigureLayer } from '../../../src/runtime/sdk/figure.ts';
import {
  positionOnAxis,
  rangeOfAxis,
  rangeOfValues,
  rowsOfFigure,
  shareOnAxis,
  ticksOfAxis,
} from '../../../src/webviews/dashboard/figure-geometry.ts';

function figure(layers: readonly FigureLayer[], change: Partial<Figure> = {}): Figure {
  return { title: 'A figure', x: { label: 'x' }, y: { label: 'y' }, layers, ...change };
}

describe('axes of a figure', () => {
  it('are as declared', () => {
    const declared = figure([{ type: 'line', label: 'a', x: [0, 99], y: [0, 1] }], {
      x: { label: 'x', min: 2, max: 3 },
    });
    assert.deepEqual(rangeOfAxis(declared, 'x'), { min: 2, max: 3 });
  });

  it('hold every layer where nothing is declared', () => {
    const made = figure([
      { type: 'points', label: 'a', x: [1, NaN, 3], y: [5, 6, Infinity] },
      { type: 'ellipses', label: 'b', ellipses: [{ x: 0, y: 0, a: 4, b: 1, angle: Math.PI / 2 }] },
      { type: 'arrows', label: 'c', x: [2], y: [2], dx: [8], dy: [0] },
    ]);
    const x = rangeOfAxis(made, 'x');
    const y = rangeOfAxis(made, 'y');
    assert.ok(x.min <= -1 && x.max >= 10 && x.max < 12);
    assert.ok(y.min <= -4 && y.max >= 6 && y.max < 8);
  });

  it('have a place for each category and count cells where there is only a heat map', () => {
    const heat: FigureLayer = { type: 'heatmap', label: 'v', values: [[1, 2, 3]] };
    const categories = { label: 'x', categories: ['a', 'b', 'c'] };
    assert.deepEqual(rangeOfAxis(figure([heat], { x: categories }), 'x'), { min: -0.5, max: 2.5 });
    assert.deepEqual(
      ticksOfAxis(categories, { min: -0.5, max: 2.5 }, 9).map((tick) => tick.label),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(rangeOfAxis(figure([heat]), 'x'), { min: 0, max: 3 });
    assert.deepEqual(rangeOfAxis(figure([heat]), 'y'), { min: 0, max: 1 });
  });

  it('stand bars on zero', () => {
    const made = figure([{ type: 'bars', label: 'n', x: [1, 2, 3], height: [5, 9, 7] }]);
    assert.equal(rangeOfAxis(made, 'y').min, 0);
    assert.ok(rangeOfAxis(made, 'x').min < 0.6);
  });

  it('are usable however they were declared', () => {
    for (const axis of [
      { label: 'x', min: 5, max: 5 },
      { label: 'x', min: 9, max: 1 },
      { label: 'x', min: -1, scale: 'log' as const },
    ]) {
      const { min, max } = rangeOfAxis(figure([], { x: axis }), 'x');
      assert.ok(min < max);
    }
  });

  it('find positions from places and places from positions', () => {
    const axis = fc.constantFrom({ label: 'x' }, { label: 'x', scale: 'log' as const });
    fc.assert(
      fc.property(axis, fc.double({ min: 0, max: 1, noNaN: true }), (declared, share) => {
        const range = { min: 0.5, max: 80 };
        assert.ok(Math.abs(shareOnAxis(declared, range, positionOnAxis(declared, range, share)) - share) < 1e-9);
      }),
    );
  });
});

describe('values of a figure', () => {
  it('give the range of a colour bar, leaving out what is not a number', () => {
    const heat: FigureLayer = {
      type: 'heatmap',
      label: 'v',
      values: [
        [1, NaN],
        [4, 2],
      ],
    };
    assert.deepEqual(rangeOfValues(heat), { min: 1, max: 4 });
    assert.deepEqual(rangeOfValues({ ...heat, min: 0, max: 10 }), { min: 0, max: 10 });
    assert.equal(rangeOfValues({ type: 'line', label: 'l', x: [], y: [] }), undefined);
  });

  it('are all in the table, cells at their middles', () => {
    const rows = rowsOfFigure(
      figure(
        [
          {
            type: 'heatmap',
            label: 'v',
            values: [
              [1, 2],
              [3, 4],
            ],
          },
          { type: 'arrows', label: 'way', x: [0], y: [0], dx: [1], dy: [0] },
        ],
        { x: { label: 'x', min: 0, max: 2 }, y: { label: 'y', min: 0, max: 2 } },
      ),
    );
    assert.deepEqual(rows, [
      ['v', 0.5, 0.5, 1],
      ['v', 1.5, 0.5, 2],
      ['v', 0.5, 1.5, 3],
      ['v', 1.5, 1.5, 4],
      ['way', 0, 0, 'towards 1, 0'],
    ]);
  });
});
