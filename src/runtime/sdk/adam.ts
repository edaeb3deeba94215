/** Changes parameters in place, one step down the gradient. */
export interface Step {
  (parameters: Float64Array, gradient: Float64Array): void;
  /** What it has gathered, for `checkpoint.save`: a copy. */
  readonly save: () => StepState;
  /** Goes on from what a step made alike had gathered. Throws a RangeError where that one had another size. */
  readonly restore: (state: StepState) => void;
}

/** Number of steps, and the averages of the gradient and of its square. */
export interface StepState {
  readonly steps: number;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

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
  const step = (parameters: Float64Array, gradient: Float64Array) => {
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
  return Object.assign(step, {
    save: () => ({ steps, first: first.slice(), second: second.slice() }),
    restore(state: StepState) {
      if (state.first.length !== size || state.second.length !== size) {
        throw new RangeError(`adam: made for ${size} parameters, restored from a state of ${state.first.length}.`);
      }
      steps = state.steps;
      first.set(state.first);
      second.set(state.second);
    },
  });
}
