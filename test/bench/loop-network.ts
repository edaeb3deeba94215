/**
 * A dense network with ReLU and mean squared error, trained by Adam in plain loops over typed arrays: what a person would
 * write for one network who cared for speed and nothing else. Numbers are doubles, since JavaScript computes with nothing
 * else and would convert each number twice. Sums are carried on four rows at a time, so that each is read and written a
 * quarter as often.
 *
 * @param sizes units of each layer, the inputs first; all but the last multiples of four, as the batch is.
 * @returns one training step on the same batch.
 */
export function loopNetwork(sizes: readonly number[], batch: number): () => void {
  if ([batch, ...sizes.slice(0, -1)].some((size) => size % 4 !== 0)) {
    throw new Error(`Batch ${batch} and sizes ${sizes.join('-')} are not all multiples of four.`);
  }
  const wave = (length: number, scale: number) =>
    Float64Array.from({ length }, (_, i) => scale * Math.sin(i * 12.9898 + length));
  const layers = sizes.slice(1).map((outputs, i): Layer => {
    const inputs = sizes[i]!;
    const own = () => new Float64Array(inputs * outputs + outputs);
    return {
      inputs,
      outputs,
      parameters: wave(inputs * outputs + outputs, Math.sqrt(2 / inputs)).fill(0, inputs * outputs),
      gradient: own(),
      first: own(),
      second: own(),
      values: new Float64Array(batch * outputs),
      slopes: new Float64Array(batch * outputs),
    };
  });
  const last = layers.at(-1)!;
  const data = wave(batch * sizes[0]!, 1);
  const targets = wave(batch * last.outputs, 1);
  let steps = 0;

  return () => {
    for (let number = 0; number < layers.length; number++) {
      const layer = layers[number]!;
      forward(number === 0 ? data : layers[number - 1]!.values, layer, batch);
      if (layer !== last) rectify(layer.values);
    }
    for (let i = 0; i < targets.length; i++) last.slopes[i] = (2 * (last.values[i]! - targets[i]!)) / targets.length;
    for (let number = layers.length - 1; number > 0; number--) {
      addUpGradient(layers[number - 1]!.values, layers[number]!, batch);
      backward(layers[number]!, layers[number - 1]!, batch);
    }
    addUpGradient(data, layers[0]!, batch);
    steps++;
    for (const layer of layers) adam(layer, 1e-3 / (1 - 0.9 ** steps), 1 / Math.sqrt(1 - 0.999 ** steps));
  };
}

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** A row of weights for each input, and the biases. */
  readonly parameters: Float64Array;
  readonly gradient: Float64Array;
  /** Moments of the gradient. */
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** A row for each example: what comes out, and the loss's slopes by it. */
  readonly values: Float64Array;
  readonly slopes: Float64Array;
}

function forward(data: Float64Array, { inputs, outputs, parameters, values }: Layer, batch: number): void {
  for (let row = 0; row < batch; row++) {
    const to = row * outputs;
    for (let j = 0; j < outputs; j++) values[to + j] = parameters[inputs * outputs + j]!;
    for (let k = 0; k < inputs; k += 4) {
      const from = row * inputs + k;
      const x1 = data[from]!;
      const x2 = data[from + 1]!;
      const x3 = data[from + 2]!;
      const x4 = data[from + 3]!;
      const row1 = k * outputs;
      const row2 = row1 + outputs;
      const row3 = row2 + outputs;
      const row4 = row3 + outputs;
      for (let j = 0; j < outputs; j++) {
        values[to + j]! +=
          x1 * parameters[row1 + j]! +
          x2 * parameters[row2 + j]! +
          x3 * parameters[row3 + j]! +
          x4 * parameters[row4 + j]!;
      }
    }
  }
}

function rectify(values: Float64Array): void {
  for (let i = 0; i < values.length; i++) if (values[i]! < 0) values[i] = 0;
}

function addUpGradient(data: Float64Array, { inputs, outputs, gradient, slopes }: Layer, batch: number): void {
  gradient.fill(0);
  const biases = inputs * outputs;
  for (let row = 0; row < batch; row += 4) {
    const row1 = row * outputs;
    const row2 = row1 + outputs;
    const row3 = row2 + outputs;
    const row4 = row3 + outputs;
    for (let k = 0; k < inputs; k++) {
      const from = row * inputs + k;
      const x1 = data[from]!;
      const x2 = data[from + inputs]!;
      const x3 = data[from + 2 * inputs]!;
      const x4 = data[from + 3 * inputs]!;
      const to = k * outputs;
      for (let j = 0; j < outputs; j++) {
        gradient[to + j]! +=
          x1 * slopes[row1 + j]! + x2 * slopes[row2 + j]! + x3 * slopes[row3 + j]! + x4 * slopes[row4 + j]!;
      }
    }
    for (let j = 0; j < outputs; j++) {
      gradient[biases + j]! += slopes[row1 + j]! + slopes[row2 + j]! + slopes[row3 + j]! + slopes[row4 + j]!;
    }
  }
}

/** Slopes by what came out of the layer before. */
function backward({ inputs, outputs, parameters, slopes }: Layer, before: Layer, batch: number): void {
  for (let row = 0; row < batch; row++) {
    const from = row * outputs;
    for (let k = 0; k < inputs; k += 4) {
      const row1 = k * outputs;
      const row2 = row1 + outputs;
      const row3 = row2 + outputs;
      const row4 = row3 + outputs;
      let sum1 = 0;
      let sum2 = 0;
      let sum3 = 0;
      let sum4 = 0;
      for (let j = 0; j < outputs; j++) {
        const slope = slopes[from + j]!;
        sum1 += slope * parameters[row1 + j]!;
        sum2 += slope * parameters[row2 + j]!;
        sum3 += slope * parameters[row3 + j]!;
        sum4 += slope * parameters[row4 + j]!;
      }
      const to = row * inputs + k;
      before.slopes[to] = before.values[to]! > 0 ? sum1 : 0;
      before.slopes[to + 1] = before.values[to + 1]! > 0 ? sum2 : 0;
      before.slopes[to + 2] = before.values[to + 2]! > 0 ? sum3 : 0;
      before.slopes[to + 3] = before.values[to + 3]! > 0 ? sum4 : 0;
    }
  }
}

/**
 * @param rate learning rate over what is missing of the first moment's weights.
 * @param root one over the root of what is missing of the second's.
 */
function adam({ parameters, gradient, first, second }: Layer, rate: number, root: number): void {
  for (let i = 0; i < parameters.length; i++) {
    const slope = gradient[i]!;
    const mean = 0.9 * first[i]! + 0.1 * slope;
    const square = 0.999 * second[i]! + 0.001 * slope * slope;
    first[i] = mean;
    second[i] = square;
    parameters[i]! -= (rate * mean) / (Math.sqrt(square) * root + 1e-7);
  }
}
