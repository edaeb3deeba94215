import assert from 'node:assert/strict';
import { createGlyphs, createRng, glyphBatch, mean } from 'marginalia';

describe('the glyph images', () => {
  const draw = createGlyphs(createRng('prototypes', 0));

  it('come in ten classes, each as often', () => {
    const { pixels, labels } = draw(5000, 1, createRng('images', 0));
    assert.equal(pixels.length, 5000 * 64);
    for (let label = 0; label < 10; label++) {
      const count = labels.filter((one) => one === label).length;
      assert.ok(Math.abs(count - 500) < 5 * Math.sqrt(450), `class ${label} came ${count} times`);
    }
  });

  it('are standardised prototypes, scaled by 0.8 to 1.2, when there is no noise', () => {
    const { pixels, labels } = draw(200, 0, createRng('images', 1));
    for (let n = 0; n < labels.length; n++) {
      const image = pixels.subarray(n * 64, n * 64 + 64);
      const amplitude = Math.sqrt(mean(image.map((value) => value ** 2)));
      assert.ok(Math.abs(mean(image)) < 1e-6);
      assert.ok(amplitude >= 0.8 - 1e-6 && amplitude <= 1.2 + 1e-6, `amplitude ${amplitude}`);
    }
  });

  it('of one class are one picture, moved by at most one pixel around the edges', () => {
    const { pixels, labels } = draw(400, 0, createRng('images', 2));
    const shapes = new Set<string>();
    for (let n = 0; n < labels.length; n++) {
      if (labels[n] !== 3) continue;
      const image = pixels.subarray(n * 64, n * 64 + 64);
      const amplitude = Math.sqrt(mean(image.map((value) => value ** 2)));
      shapes.add([...image].map((value) => (value / amplitude).toFixed(3)).join());
    }
    assert.ok(shapes.size > 5 && shapes.size <= 9, `${shapes.size} positions`);
    const sorted = new Set([...shapes].map((shape) => shape.split(',').sort().join()));
    assert.equal(sorted.size, 1);
  });

  it('have the asked noise on them', () => {
    const clean = draw(500, 0, createRng('images', 3)).pixels;
    const [quiet, loud] = [0.5, 2].map((noise) => draw(500, noise, createRng('images', 3)).pixels);
    // The draws differ in number, so only the overall variance is comparable.
    const power = (pixels: Float32Array) => mean(pixels.map((value) => value ** 2));
    assert.ok(Math.abs(power(quiet!) - power(clean) - 0.25) < 0.05);
    assert.ok(Math.abs(power(loud!) - power(clean) - 4) < 0.15);
  });

  it('are the same for the same seeds', () => {
    const again = createGlyphs(createRng('prototypes', 0))(20, 1, createRng('images', 4));
    assert.deepEqual(draw(20, 1, createRng('images', 4)), again);
  });

  it('go into a batch in the order that is asked, with their classes one-hot', () => {
    const images = draw(30, 1, createRng('images', 5));
    const numbers = [7, 0, 29, 7];
    const { inputs, targets } = glyphBatch(images, numbers);
    assert.deepEqual([inputs.length, targets.length], [4 * 64, 4 * 10]);
    numbers.forEach((n, row) => {
      assert.deepEqual(inputs.slice(row * 64, row * 64 + 64), images.pixels.slice(n * 64, n * 64 + 64));
      const oneHot = [...targets.slice(row * 10, row * 10 + 10)];
      assert.equal(oneHot.indexOf(1), images.labels[n]);
      assert.equal(oneHot.filter((value) => value === 0).length, 9);
    });
  });
});
