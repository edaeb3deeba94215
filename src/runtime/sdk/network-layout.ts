/**
 * Where the parameters of a network lie in the kernel's memory. Vectors hold four numbers, so rows are padded to a multiple
 * of four.
 */
export interface LayerShape {
  readonly inputs: number;
  /** Units of each part. */
  readonly outputs: number;
  /** Parts side by side, such as the gates of a cell, each padded by itself. */
  readonly parts: number;
  /** Whether biases come after the weights. */
  readonly biases: boolean;
}

export interface Layer extends LayerShape {
  readonly paddedInputs: number;
  /** Of all parts together. */
  readonly paddedOutputs: number;
  /** Index of its first weight in the flat list of all parameters; the biases come after the weights. */
  readonly from: number;
  /** The same, padded, in floats. */
  readonly weightsAt: number;
  readonly biasAt: number;
}

export interface NetworkLayout {
  readonly layers: readonly Layer[];
  readonly parameterCount: number;
  readonly paddedCount: number;
  /** Padded weights of the largest layer. */
  readonly largestWeights: number;
}

export function networkLayout(shapes: readonly LayerShape[]): NetworkLayout {
  let from = 0;
  let at = 0;
  const layers = shapes.map((shape): Layer => {
    const { inputs, outputs, parts, biases } = shape;
    const [paddedInputs, paddedOutputs] = [padded(inputs), parts * padded(outputs)];
    const layer = {
      ...shape,
      paddedInputs,
      paddedOutputs,
      from,
      weightsAt: at,
      biasAt: at + paddedInputs * paddedOutputs,
    };
    from += (inputs + (biases ? 1 : 0)) * parts * outputs;
    at += (paddedInputs + (biases ? 1 : 0)) * paddedOutputs;
    return layer;
  });
  return {
    layers,
    parameterCount: from,
    paddedCount: at,
    largestWeights: Math.max(...layers.map(({ paddedInputs, paddedOutputs }) => paddedInputs * paddedOutputs)),
  };
}

/** The next multiple of four. */
export function padded(count: number): number {
  return Math.ceil(count / 4) * 4;
}

/** How a matrix lies in memory, in floats. */
export interface MatrixShape {
  readonly rows: number;
  /** Columns of each part. */
  readonly columns: number;
  /** Parts side by side, each padded by itself. Default 1. */
  readonly parts?: number;
  /** From one row to the next. Default: as long as the padded parts are. */
  readonly stride?: number;
}

/** Copies a matrix without its padding. @param at index of its first number */
export function readRows(
  memory: Float32Array,
  at: number,
  { rows, columns, parts = 1, stride }: MatrixShape,
): Float32Array {
  const part = padded(columns);
  const step = stride ?? parts * part;
  if (step === columns) return memory.slice(at, at + rows * columns);
  const values = new Float32Array(rows * parts * columns);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    for (let start = at + row * step; start < at + row * step + parts * part; start += part) {
      for (let column = 0; column < columns; column++) values[to++] = memory[start + column]!;
    }
  }
  return values;
}

/** Writes a matrix around its padding. @param at index of its first number @param from index of its first value */
export function writeRows(
  memory: Float32Array,
  at: number,
  { rows, columns, parts = 1, stride }: MatrixShape,
  values: ArrayLike<number>,
  from = 0,
): void {
  const part = padded(columns);
  const step = stride ?? parts * part;
  if (step === columns && from === 0 && values.length === rows * columns) {
    memory.set(values, at);
    return;
  }
  for (let row = 0; row < rows; row++) {
    for (let start = at + row * step; start < at + row * step + parts * part; start += part) {
      for (let column = 0; column < columns; column++) memory[start + column] = values[from++]!;
    }
  }
}

/** Copies all parameters, or what is as long as they are. */
export function readParameters(
  memory: Float32Array,
  at: number,
  { layers, parameterCount }: NetworkLayout,
): Float32Array {
  const values = new Float32Array(parameterCount);
  for (const { inputs, outputs: columns, parts, biases, from, weightsAt, biasAt } of layers) {
    values.set(readRows(memory, at + weightsAt, { rows: inputs, columns, parts }), from);
    if (biases) values.set(readRows(memory, at + biasAt, { rows: 1, columns, parts }), from + inputs * parts * columns);
  }
  return values;
}

/** Writes all parameters, or what is as long as they are, and zeros into their padding. */
export function writeParameters(
  memory: Float32Array,
  at: number,
  { layers, paddedCount }: NetworkLayout,
  values: ArrayLike<number>,
): void {
  // A network that had become NaN may have taken its padding along.
  memory.fill(0, at, at + paddedCount);
  for (const { inputs, outputs: columns, parts, biases, from, weightsAt, biasAt } of layers) {
    writeRows(memory, at + weightsAt, { rows: inputs, columns, parts }, values, from);
    if (biases) writeRows(memory, at + biasAt, { rows: 1, columns, parts }, values, from + inputs * parts * columns);
  }
}
