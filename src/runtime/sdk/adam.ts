/** Changes parameters in place, one step down the gradient. */
export type Step = (parameters: Float64Array, gradient: Float64Array) => void;

/**
 * Adam (Kingma and Ba, 2015) for a flat list of parameters; plain numbers, for tables and other small models.
 *
 * @param size number of parameters.
 * @param options.rate step size.
 * @param options.momentum decay of the gradient's average. Default 0.9.
 * @param options.scale decay of the squared gradient's average. Default 0.999.
 * @param options.epsilon added to the root of the squared average. Default 1e-8.
 */
export function adam(
  size: number,
  {
    rate,
    momentum = 0.9,
    scale = 0.999,
    epsilon = 1e-8,
  }: { readonly rate: number; readonly momentum?: number; readonly scale?: number; readonly epsilon?: number },
): Step {
  const first = new Float64Array(size);
  const second = new Float64Array(size);
  let steps = 0;
  return (parameters, gradient) => {
    if (parameters.length !== size || gradient.length !== size) {
      throw new RangeError(
        `adam: made for ${size} parameters, got ${parameters.length} with a gradient of ${gradient.length}.`,
      );
    }
    steps++;
    const firstBias = 1 - momentum ** steps;
    const secondBias = 1 - scale ** steps;
    for (let i = 0; i < size; i++) {
      const g = gradient[i]!;
      first[i] = momentum * first[i]! + (1 - momentum) * g;
      second[i] = scale * second[i]! + (1 - scale) * g * g;
      parameters[i]! -= (rate * (first[i]! / firstBias)) / (Math.sqrt(second[i]! / secondBias) + epsilon);
    }
  };
}
