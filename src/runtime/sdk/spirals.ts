import { likeliestClasses, type LabelledRows } from './classification.ts';
import type { Figure } from './figure.ts';
import type { Rng } from './rng.ts';

/**
 * Interleaved spirals in a plane, one for each class, among coordinates that tell nothing: a small task that no linear
 * classifier solves and few units solve badly (after Lang and Witbrock, "Learning to Tell Two Spirals Apart", 1988). A point
 * has a radius r that is uniform from 0.1 to 1 and the angle 2π · class / classes + turn · r, with normal noise of deviation
 * 0.03 on both coordinates; the other coordinates are normal with deviation 0.1.
 *
 * @param options.count points; classes take turns, so that all come as often.
 * @param options.turn radians that a spiral turns between radius 0 and 1.
 * @param options.features coordinates of a point, 2 or more, the plane's first.
 */
export function spirals(
  rng: Rng,
  {
    count,
    classes,
    turn,
    features,
  }: { readonly count: number; readonly classes: number; readonly turn: number; readonly features: number },
): LabelledRows {
  const labels = Array.from({ length: count }, (_, n) => n % classes);
  const inputs = labels.flatMap((label) => {
    const r = rng.uniform(0.1, 1);
    const angle = (2 * Math.PI * label) / classes + turn * r;
    const others = Array.from({ length: features - 2 }, () => rng.normal(0, 0.1));
    return [r * Math.cos(angle) + rng.normal(0, 0.03), r * Math.sin(angle) + rng.normal(0, 0.03), ...others];
  });
  return { inputs: Float32Array.from(inputs), labels };
}

/**
 * What a classifier says of the plane of spirals, with the other coordinates at 0: a class by cell as colour.
 *
 * @param options.classify maps inputs [count, features] to outputs [count, classes], such as a network's `forward`.
 */
export function spiralsFigure({
  title,
  classes,
  features,
  classify,
}: {
  readonly title: string;
  readonly classes: number;
  readonly features: number;
  readonly classify: (inputs: Float32Array, count: number) => ArrayLike<number>;
}): Figure {
  const [cells, reach] = [40, 1.1];
  const centre = (cell: number) => reach * ((2 * cell + 1) / cells - 1);
  const inputs = new Float32Array(cells * cells * features);
  for (let cell = 0; cell < cells * cells; cell++) {
    inputs.set([centre(cell % cells), centre(Math.floor(cell / cells))], cell * features);
  }
  const said = likeliestClasses(classify(inputs, cells * cells), classes);
  const values = Array.from({ length: cells }, (_, row) => [...said.subarray(row * cells, (row + 1) * cells)]);
  return {
    title,
    x: { label: 'x_1', min: -reach, max: reach },
    y: { label: 'x_2', min: -reach, max: reach },
    layers: [{ type: 'heatmap', label: 'class', min: 0, max: classes - 1, values }],
  };
}
