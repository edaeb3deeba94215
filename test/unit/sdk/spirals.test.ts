import assert from 'node:assert/strict';
import { createRng, mean, spirals, spiralsFigure } from 'marginalia';

describe('the spirals', () => {
  const [classes, turn, features] = [3, 4, 6];
  const { inputs, labels } = spirals(createRng('spirals', 0), { count: 3000, classes, turn, features });
  const points = Array.from(labels, (label, n) => ({ label, x: inputs.subarray(n * features, (n + 1) * features) }));

  it('give each class as many points', () => {
    assert.equal(inputs.length, 3000 * features);
    for (let label = 0; label < classes; label++)
      assert.equal(points.filter((one) => one.label === label).length, 1000);
  });

  it('turn from the centre to the edge, those of each class by the same angle apart', () => {
    // Across the spiral a point is off by its noise alone: 0.03, with the little that the radius misleads by.
    const across = points.map(({ label, x }) => {
      const r = Math.hypot(x[0]!, x[1]!);
      const angle = (2 * Math.PI * label) / classes + turn * r;
      return x[1]! * Math.cos(angle) - x[0]! * Math.sin(angle);
    });
    assert.ok(Math.abs(mean(across)) < 0.01);
    const far = points.flatMap(({ x }, n) => (Math.hypot(x[0]!, x[1]!) > 0.3 ? [across[n]!] : []));
    const deviation = Math.sqrt(mean(far.map((value) => value ** 2)));
    assert.ok(deviation > 0.03 && deviation < 0.03 * Math.hypot(1, turn) * 1.05, `${deviation}`);
  });

  it('lie between radius 0.1 and 1 but for the noise', () => {
    const radii = points.map(({ x }) => Math.hypot(x[0]!, x[1]!));
    assert.ok(Math.min(...radii) > 0.1 - 5 * 0.03 && Math.max(...radii) < 1 + 5 * 0.03);
    assert.ok(Math.abs(mean(radii) - 0.55) < 0.02);
  });

  it('have coordinates of deviation 0.1 beside the plane, which tell nothing of the class', () => {
    for (let j = 2; j < features; j++) {
      assert.ok(Math.abs(Math.sqrt(mean(points.map(({ x }) => x[j]! ** 2))) - 0.1) < 0.01);
      for (let label = 0; label < classes; label++) {
        const own = points.filter((one) => one.label === label).map(({ x }) => x[j]!);
        assert.ok(Math.abs(mean(own)) < (5 * 0.1) / Math.sqrt(1000));
      }
    }
  });

  it('are drawn as what a classifier says of every place in the plane, the other coordinates at 0', () => {
    const figure = spiralsFigure({
      title: 'classes',
      classes: 4,
      features: 3,
      classify(rows, count) {
        assert.equal(rows.length, 3 * count);
        // Quadrants: class 0 left below, 1 right below, 2 left above, 3 right above.
        return Array.from({ length: count }, (_, n) => {
          assert.equal(rows[3 * n + 2], 0);
          const quadrant = (rows[3 * n]! > 0 ? 1 : 0) + (rows[3 * n + 1]! > 0 ? 2 : 0);
          return [0, 1, 2, 3].map((label) => (label === quadrant ? 1 : 0));
        }).flat();
      },
    });
    const [layer] = figure.layers;
    assert.ok(layer?.type === 'heatmap');
    const at = (row: number, column: number) => layer.values[row]![column];
    assert.deepEqual([at(0, 0), at(0, 39), at(39, 0), at(39, 39), at(19, 19), at(20, 20)], [0, 1, 2, 3, 0, 3]);
  });
});
