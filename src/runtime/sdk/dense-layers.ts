/** A layer of a dense network: of inputs x its units are x w + b, before the activation. */
export interface DenseLayer {
  /** Weights, [inputs][units]. */
  readonly w: number[][];
  /** Biases, [units]. */
  readonly b: number[];
}

/**
 * Layer by layer what `readParameters` of a dense network gives, for what looks at layers or edits them.
 *
 * @param sizes units of each layer, the inputs first, as the network was made.
 * @throws RangeError where the sizes belong to another number of parameters.
 */
export function layersOf(parameters: ArrayLike<number>, sizes: readonly number[]): DenseLayer[] {
  const list = Array.from(parameters);
  let from = 0;
  const take = (count: number) => list.slice(from, (from += count));
  const layers = sizes.slice(1).map((units, l) => {
    const w = Array.from({ length: sizes[l]! }, () => take(units));
    return { w, b: take(units) };
  });
  if (from !== list.length) {
    throw new RangeError(
      `layersOf: a network of ${sizes.join('-')} units has ${from} parameters, and these are ${list.length}.`,
    );
  }
  return layers;
}

/** What `writeParameters` of a dense network takes: the layers' weights and biases as one list. */
export function parametersOf(layers: readonly DenseLayer[]): number[] {
  return layers.flatMap(({ w, b }) => [...w.flat(), ...b]);
}
