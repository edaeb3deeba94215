/**
 * Where the numbers of a dense network lie in the kernel's memory. Vectors hold four numbers, so rows are padded to a
 * multiple of four. No number that counts is computed from the padding, whatever it holds.
 */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly paddedInputs: number;
  readonly paddedOutputs: number;
  /** Index of its first weight in the flat list of all parameters; the biases come after the weights. */
  readonly from: number;
  /** The same, padded, in floats. */
  readonly weightsAt: number;
  readonly biasAt: number;
  /** Its values and the gradient of its sums in the memory of a batch, in floats for each row of the batch. */
  readonly valuesAt: number;
  readonly gradientAt: number;
}

export interface DenseLayout {
  readonly layers: readonly DenseLayer[];
  readonly parameterCount: number;
  readonly paddedCount: number;
  /** Padded weights of the largest layer. */
  readonly largestWeights: number;
  /** In the memory of a batch, which begins with the inputs, in floats for each row. */
  readonly inputGradientAt: number;
  readonly targetsAt: number;
  readonly rowFloats: number;
}

/** @throws RangeError unless there are two sizes or more, whole numbers from 1 up. */
export function denseLayout(sizes: readonly number[]): DenseLayout {
  if (sizes.length < 2 || !sizes.every((size) => Number.isInteger(size) && size >= 1)) {
    throw new RangeError(
      `denseNetwork: sizes are [${sizes.join(', ')}]; give the units of two layers or more, the inputs first, such as [4, 64, 2].`,
    );
  }
  let from = 0;
  let at = 0;
  let rowFloats = padded(sizes[0]!);
  const layers = sizes.slice(1).map((outputs, i): DenseLayer => {
    const inputs = sizes[i]!;
    const [paddedInputs, paddedOutputs] = [padded(inputs), padded(outputs)];
    const layer = {
      ...{ inputs, outputs, paddedInputs, paddedOutputs, from },
      ...{ weightsAt: at, biasAt: at + paddedInputs * paddedOutputs },
      ...{ valuesAt: rowFloats, gradientAt: rowFloats + paddedOutputs },
    };
    from += (inputs + 1) * outputs;
    at += (paddedInputs + 1) * paddedOutputs;
    rowFloats += 2 * paddedOutputs;
    return layer;
  });
  const inputGradientAt = rowFloats;
  const targetsAt = inputGradientAt + padded(sizes[0]!);
  return {
    layers,
    parameterCount: from,
    paddedCount: at,
    largestWeights: Math.max(...layers.map(({ paddedInputs, paddedOutputs }) => paddedInputs * paddedOutputs)),
    inputGradientAt,
    targetsAt,
    rowFloats: targetsAt + sizes.at(-1)!,
  };
}

/** The next multiple of four. */
export function padded(count: number): number {
  return Math.ceil(count / 4) * 4;
}

/** Copies a matrix without its padding. @param at index of its first number */
export function readRows(memory: Float32Array, at: number, rows: number, columns: number): Float32Array {
  const stride = padded(columns);
  if (stride === columns) return memory.slice(at, at + rows * columns);
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      values[row * columns + column] = memory[at + row * stride + column]!;
    }
  }
  return values;
}

/** Writes a matrix around its padding. @param at index of its first number @param from index of its first value */
export function writeRows(
  memory: Float32Array,
  at: number,
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  from = 0,
): void {
  const stride = padded(columns);
  if (stride === columns && from === 0 && values.length === rows * columns) {
    memory.set(values, at);
    return;
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      memory[at + row * stride + column] = values[from + row * columns + column]!;
    }
  }
}

/** Copies all parameters, or what is as long as they are. */
export function readParameters(
  memory: Float32Array,
  at: number,
  { layers, parameterCount }: DenseLayout,
): Float32Array {
  const values = new Float32Array(parameterCount);
  for (const { inputs, outputs, from, weightsAt, biasAt } of layers) {
    values.set(readRows(memory, at + weightsAt, inputs, outputs), from);
    values.set(readRows(memory, at + biasAt, 1, outputs), from + inputs * outputs);
  }
  return values;
}

/** Writes all parameters, or what is as long as they are. */
export function writeParameters(
  memory: Float32Array,
  at: number,
  { layers }: DenseLayout,
  values: ArrayLike<number>,
): void {
  for (const { inputs, outputs, from, weightsAt, biasAt } of layers) {
    writeRows(memory, at + weightsAt, values, inputs, outputs, from);
    writeRows(memory, at + biasAt, values, 1, outputs, from + inputs * outputs);
  }
}
