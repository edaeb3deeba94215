import { classBatch } from './classification.ts';
import type { Rng } from './rng.ts';

/** Labelled images, 64 pixels each, one after another. */
export interface GlyphImages {
  /** count x 64, row order. */
  readonly pixels: Float32Array;
  /** Class of each image. */
  readonly labels: Uint8Array;
}

const side = 8;
const size = side * side;

/**
 * The testbed glyph-8x8: ten classes of small synthetic images. A class has one prototype, an 8 x 8 array of normal
 * values, blurred once around the edges and standardised; an image is its prototype, moved by up to one pixel each way
 * (around the edges), scaled by 0.8 to 1.2, plus normal noise. With noise of 1.6 it takes thousands of images to learn.
 *
 * @param rng draws the prototypes.
 * @returns draws images with noise of this standard deviation.
 */
export function createGlyphs(rng: Rng): (count: number, noise: number, rng: Rng) => GlyphImages {
  const prototypes = Array.from({ length: 10 }, () => prototype(rng));
  return (count, noise, draw) => {
    const pixels = new Float32Array(count * size);
    const labels = new Uint8Array(count);
    for (let n = 0; n < count; n++) {
      const label = draw.int(0, prototypes.length);
      const glyph = prototypes[label]!;
      const down = draw.int(-1, 2);
      const right = draw.int(-1, 2);
      const amplitude = draw.uniform(0.8, 1.2);
      labels[n] = label;
      for (let i = 0; i < size; i++) {
        const source = shifted(Math.floor(i / side) - down, (i % side) - right);
        pixels[n * size + i] = amplitude * glyph[source]! + noise * draw.normal();
      }
    }
    return { pixels, labels };
  };
}

/**
 * Some of the images, as `denseNetwork` trains on them.
 *
 * @param numbers which of them, from 0, in this order; one may come more than once.
 * @returns inputs [count, 64] and targets [count, 10], one-hot.
 */
export function glyphBatch(
  { pixels, labels }: GlyphImages,
  numbers: ArrayLike<number>,
): { readonly inputs: Float32Array; readonly targets: Float32Array } {
  return classBatch({ inputs: pixels, labels }, numbers, 10);
}

function prototype(rng: Rng): number[] {
  const raw = Array.from({ length: size }, () => rng.normal());
  const blurred = blur(blur(raw, 1, 0), 0, 1);
  const centre = blurred.reduce((sum, value) => sum + value, 0) / size;
  const deviation = Math.sqrt(blurred.reduce((sum, value) => sum + (value - centre) ** 2, 0) / size);
  return blurred.map((value) => (value - centre) / deviation);
}

/** The kernel [1 2 1] / 4 along one direction, around the edges. */
function blur(values: readonly number[], down: number, right: number): number[] {
  return values.map((value, i) => {
    const row = Math.floor(i / side);
    const column = i % side;
    const before = values[shifted(row - down, column - right)]!;
    const after = values[shifted(row + down, column + right)]!;
    return (before + 2 * value + after) / 4;
  });
}

function shifted(row: number, column: number): number {
  return ((row + side) % side) * side + ((column + side) % side);
}
