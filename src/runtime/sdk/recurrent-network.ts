import { floats, kernel } from './network-kernel.ts';
import { padded, readRows, writeRows, type Layer, type MatrixShape } from './network-layout.ts';
import { expectWhole, networkMemory, scaledNormal, type NetworkLoss, type TrainableNetwork } from './network-memory.ts';
import type { NetworkOptimizer } from './network-optimizer.ts';
import type { Rng } from './rng.ts';

/** What a recurrent network is made of, and how it learns. */
export interface RecurrentNetworkOptions {
  /** Numbers that come in at each time, units that remember, and numbers that go out at each time. */
  readonly sizes: readonly [inputs: number, units: number, outputs: number];
  /** `tanh`: h(t) = tanh(W x(t) + U h(t−1) + b) (Elman, 1990). `lstm`: long short-term memory with a forget gate (Gers et al., 2000). */
  readonly cell: 'tanh' | 'lstm';
  readonly optimizer: NetworkOptimizer;
}

/** Sequences of the same length. */
export interface Sequences {
  /** [length, batch, inputs]: first the first inputs of all sequences. */
  readonly inputs: ArrayLike<number>;
  readonly batch: number;
  readonly length: number;
  /** What the units hold before, as `state` has it. Default: zeros. */
  readonly state?: ArrayLike<number>;
}

/**
 * A recurrent network: a layer of units that see the inputs and themselves at the time before, and plain sums of them as outputs.
 * Its parameters: weights of the inputs [inputs, gates · units], of the units [units, gates · units], biases [gates · units],
 * then weights [units, outputs] and biases of the outputs. `lstm` has four gates: input, forget, output, candidate; `tanh` one.
 */
export interface RecurrentNetwork extends TrainableNetwork {
  /** Maps sequences to outputs [length, batch, outputs]. */
  readonly forward: (sequences: Sequences) => Float32Array;
  /** What the units hold after the last pass: [batch, units], and of `lstm` [batch, 2 · units], each row first hidden values, then cells. */
  readonly state: () => Float32Array;
  /** One step down the gradient, through all times, of a loss with targets [length, batch, outputs]. Returns the loss before it. */
  readonly train: (sequences: Sequences, loss: NetworkLoss) => number;
  /** For losses of one's own, after `forward`: goes back from dLoss / dOutputs [length, batch, outputs]. */
  readonly backward: (outputGradient: ArrayLike<number>) => void;
  /** dLoss / dInputs [length, batch, inputs], after `backward`. */
  readonly inputGradient: () => Float32Array;
}

/**
 * Makes a recurrent network for experiments with `compute: 'none'`, in WebAssembly as `denseNetwork` is; the gradient goes
 * back through all times, and ends at the state that is given.
 *
 * Weights are normal with variance 1 / inputs of their layer, biases 0, but for 1 at the forget gate, which so begins by
 * remembering (Gers et al., 2000).
 *
 * @throws RangeError where a size, a rate or a decay makes no sense, or memory is at its end.
 */
export function recurrentNetwork(rng: Rng, { sizes, cell, optimizer }: RecurrentNetworkOptions): RecurrentNetwork {
  const given: readonly number[] = sizes;
  if (given.length !== 3 || !given.every((size) => Number.isInteger(size) && size >= 1)) {
    throw new RangeError(
      `recurrentNetwork: sizes are [${sizes.join(', ')}]; give inputs, units and outputs, such as [4, 32, 2].`,
    );
  }
  if (!['tanh', 'lstm'].includes(cell)) {
    throw new RangeError(`recurrentNetwork: there is no cell '${cell}'; take 'tanh' or 'lstm'.`);
  }
  const [inputs, units, outputs] = sizes;
  const parts = cell === 'lstm' ? 4 : 1;
  const [paddedInputs, paddedUnits, paddedOutputs] = sizes.map(padded) as [number, number, number];
  const gates = parts * paddedUnits;
  // What lies in memory for each row of each time. The inputs have the units at the time before beside them: one product
  // serves both. Padding is zero everywhere, and so are its gradients, which is why products may run over it.
  let rowFloats = 0;
  const place = (width: number) => (rowFloats += width) - width;
  const seen = paddedInputs + paddedUnits;
  const seenAt = place(seen);
  const gatesAt = place(gates);
  const hiddenGradientAt = place(paddedUnits);
  const sumsGradientAt = cell === 'lstm' ? place(gates) : hiddenGradientAt;
  const [cellsAt, cellTanhAt] = cell === 'lstm' ? [place(paddedUnits), place(paddedUnits)] : [0, 0];
  /** For one time each: the gradient that comes back through the units, and that of the cells. */
  const carriedAt = place(paddedUnits);
  const inputGradientAt = place(paddedInputs);
  const outputsAt = place(paddedOutputs);
  const outputGradientAt = place(paddedOutputs);
  const targetsAt = place(outputs);
  const memory = networkMemory({
    name: 'recurrentNetwork',
    shapes: [
      { inputs, outputs: units, parts, biases: false },
      { inputs: units, outputs: units, parts, biases: true },
      { inputs: units, outputs, parts: 1, biases: true },
    ],
    optimizer,
    firstWeight: scaledNormal(rng, 1),
    rowFloats,
  });
  const { inBatch } = memory;
  const [inward, around, outward] = memory.layers as [Layer, Layer, Layer];
  const code = kernel();
  if (cell === 'lstm') {
    const forget = memory.biases(around) / 4 + paddedUnits;
    floats().fill(1, forget, forget + units);
  }
  let [batch, length] = [0, 0];
  /** Rows of one time, with those that fill up a vector. */
  let rows = 0;

  const network: RecurrentNetwork = Object.assign(memory.trainable, {
    forward(sequences: Sequences) {
      goForward('forward', sequences);
      return readTimes(outputsAt, outputs);
    },
    state() {
      memory.alive('state');
      if (length === 0) throw new Error('recurrentNetwork.state: call forward or train first.');
      const hidden = readRows(floats(), hiddenAt(length) / 4, { rows: batch, columns: units, stride: seen });
      if (cell === 'tanh') return hidden;
      const cells = readRows(floats(), atTime(length, cellsAt, paddedUnits) / 4, { rows: batch, columns: units });
      const values = new Float32Array(2 * batch * units);
      writeRows(values, 0, { rows: batch, columns: units, stride: 2 * units }, hidden);
      writeRows(values, units, { rows: batch, columns: units, stride: 2 * units }, cells);
      return values;
    },
    train(sequences: Sequences, { loss, targets }: NetworkLoss) {
      const lossOf = memory.lossOf('train', loss);
      const wanted = sequences.length * sequences.batch * outputs;
      memory.expect('train', 'targets', targets.length, wanted, shapeOf(sequences, outputs));
      goForward('train', sequences);
      floats().set(targets, inBatch(targetsAt) / 4);
      let value = 0;
      for (let time = 0; time < length; time++) {
        const targetsOfTime = inBatch(targetsAt) + 4 * time * batch * outputs;
        const gradient = atTime(time, outputGradientAt, paddedOutputs);
        value += lossOf(
          ...([atTime(time, outputsAt, paddedOutputs), targetsOfTime, gradient] as const),
          ...([batch, outputs, paddedOutputs, length * batch] as const),
        );
      }
      goBack();
      memory.takeStep();
      return value;
    },
    backward(outputGradient: ArrayLike<number>) {
      memory.alive('backward');
      if (memory.stage === 'changed') {
        throw new Error(
          'recurrentNetwork.backward: call forward first; the parameters have changed since the last time.',
        );
      }
      const wanted = length * batch * outputs;
      const shape = shapeOf({ batch, length }, outputs);
      memory.expect('backward', 'numbers in the gradient', outputGradient.length, wanted, shape);
      writeTimes(outputGradientAt, { rows: batch, columns: outputs, stride: paddedOutputs }, outputGradient);
      goBack();
    },
    inputGradient() {
      memory.afterBackward('inputGradient');
      code.transpose(memory.weights(inward), memory.transposedAt, paddedInputs, gates);
      code.multiply(
        ...([inBatch(sumsGradientAt), 4 * gates, 4, memory.transposedAt, inBatch(inputGradientAt)] as const),
        ...([length * rows, paddedInputs, gates, 0] as const),
      );
      return readTimes(inputGradientAt, inputs);
    },
  });
  memory.belongsTo(network);
  return network;

  function goForward(caller: string, sequences: Sequences): void {
    memory.alive(caller);
    expectWhole(`recurrentNetwork.${caller}`, { batch: sequences.batch, length: sequences.length });
    const wanted = sequences.length * sequences.batch * inputs;
    memory.expect(caller, 'inputs', sequences.inputs.length, wanted, shapeOf(sequences, inputs));
    const width = cell === 'lstm' ? 2 * units : units;
    if (sequences.state !== undefined) {
      const shape = `${sequences.batch} rows of ${width}`;
      memory.expect(caller, 'numbers in the state', sequences.state.length, sequences.batch * width, shape);
    }
    // Before anything changes: where there is no room, the pass before is still whole.
    memory.reserve((sequences.length + 1) * padded(sequences.batch));
    ({ batch, length } = sequences);
    rows = padded(batch);
    clear(seenAt, seen, length + 1);
    clear(outputGradientAt, paddedOutputs, length);
    if (cell === 'lstm') clear(cellsAt, paddedUnits, 1);
    writeTimes(seenAt, { rows: batch, columns: inputs, stride: seen }, sequences.inputs);
    if (sequences.state !== undefined) {
      const given = Float32Array.from(sequences.state);
      const hidden = readRows(given, 0, { rows: batch, columns: units, stride: width });
      writeRows(floats(), hiddenAt(0) / 4, { rows: batch, columns: units, stride: seen }, hidden);
      if (cell === 'lstm') {
        const cells = readRows(given, units, { rows: batch, columns: units, stride: width });
        writeRows(floats(), inBatch(cellsAt) / 4, { rows: batch, columns: units }, cells);
      }
    }
    for (let time = 0; time < length; time++) {
      const gatesOfTime = atTime(time, gatesAt, gates);
      // The weights of the units lie behind those of the inputs, as their values do.
      code.multiply(
        ...([atTime(time, seenAt, seen), 4 * seen, 4, memory.weights(inward), gatesOfTime] as const),
        ...([rows, gates, seen, memory.biases(around)] as const),
      );
      const hidden = hiddenAt(time + 1);
      if (cell === 'lstm') {
        const [cellsBefore, cells] = [atTime(time, cellsAt, paddedUnits), atTime(time + 1, cellsAt, paddedUnits)];
        const cellTanh = atTime(time, cellTanhAt, paddedUnits);
        code.lstm(gatesOfTime, cellsBefore, cells, cellTanh, hidden, rows, paddedUnits, 4 * seen);
      } else {
        code.tanh(gatesOfTime, rows * paddedUnits);
        code.copyRows(gatesOfTime, hidden, rows, paddedUnits, 4 * seen);
      }
    }
    code.multiply(
      ...([hiddenAt(1), 4 * seen, 4, memory.weights(outward), inBatch(outputsAt)] as const),
      ...([length * rows, paddedOutputs, units, memory.biases(outward)] as const),
    );
    memory.stage = 'forward';
  }

  /** Computes the gradient of all parameters from that of the outputs, which lies in memory. */
  function goBack(): void {
    const outputGradient = inBatch(outputGradientAt);
    code.multiply(
      ...([hiddenAt(1), 4, 4 * seen, outputGradient, memory.weightsGradient(outward)] as const),
      ...([paddedUnits, paddedOutputs, length * rows, 0] as const),
    );
    code.sumColumns(outputGradient, length * rows, paddedOutputs, memory.biasesGradient(outward));
    code.transpose(memory.weights(outward), memory.transposedAt, paddedUnits, paddedOutputs);
    code.multiply(
      ...([outputGradient, 4 * paddedOutputs, 4, memory.transposedAt, inBatch(hiddenGradientAt)] as const),
      ...([length * rows, paddedUnits, outputs, 0] as const),
    );
    code.transpose(memory.weights(around), memory.transposedAt, paddedUnits, gates);
    const [carried, cellGradient] = [atTime(0, carriedAt, paddedUnits), atTime(1, carriedAt, paddedUnits)];
    floats().fill(0, cellGradient / 4, cellGradient / 4 + rows * paddedUnits);
    for (let time = length - 1; time >= 0; time--) {
      const hiddenGradient = atTime(time, hiddenGradientAt, paddedUnits);
      if (time < length - 1) {
        code.multiply(
          ...([atTime(time + 1, sumsGradientAt, gates), 4 * gates, 4, memory.transposedAt, carried] as const),
          ...([rows, paddedUnits, gates, 0] as const),
        );
        code.add(carried, hiddenGradient, rows * paddedUnits);
      }
      const gatesOfTime = atTime(time, gatesAt, gates);
      if (cell === 'lstm') {
        const [cellsBefore, cellTanh] = [atTime(time, cellsAt, paddedUnits), atTime(time, cellTanhAt, paddedUnits)];
        const sumsGradient = atTime(time, sumsGradientAt, gates);
        code.lstmGradient(
          ...([gatesOfTime, cellsBefore, cellTanh, hiddenGradient, cellGradient, sumsGradient] as const),
          ...([rows, paddedUnits] as const),
        );
      } else {
        code.tanhGradient(gatesOfTime, hiddenGradient, rows * paddedUnits);
      }
    }
    code.multiply(
      ...([inBatch(seenAt), 4, 4 * seen, inBatch(sumsGradientAt), memory.weightsGradient(inward)] as const),
      ...([seen, gates, length * rows, 0] as const),
    );
    code.sumColumns(inBatch(sumsGradientAt), length * rows, gates, memory.biasesGradient(around));
    memory.stage = 'backward';
  }

  /** Address of a time's rows, in what lies after so many floats for each row. */
  function atTime(time: number, floatsPerRow: number, width: number): number {
    return inBatch(floatsPerRow) + 4 * time * rows * width;
  }

  /** Address of the units before a time. */
  function hiddenAt(time: number): number {
    return atTime(time, seenAt, seen) + 4 * paddedInputs;
  }

  function clear(floatsPerRow: number, width: number, times: number): void {
    const at = inBatch(floatsPerRow) / 4;
    floats().fill(0, at, at + times * rows * width);
  }

  function writeTimes(floatsPerRow: number, shape: StridedShape, values: ArrayLike<number>): void {
    const memoryNow = floats();
    for (let time = 0; time < length; time++) {
      const at = atTime(time, floatsPerRow, shape.stride) / 4;
      writeRows(memoryNow, at, shape, values, time * shape.rows * shape.columns);
    }
  }

  function readTimes(floatsPerRow: number, columns: number): Float32Array {
    const values = new Float32Array(length * batch * columns);
    for (let time = 0; time < length; time++) {
      const at = atTime(time, floatsPerRow, padded(columns)) / 4;
      values.set(readRows(floats(), at, { rows: batch, columns }), time * batch * columns);
    }
    return values;
  }
}

type StridedShape = Required<Pick<MatrixShape, 'rows' | 'columns' | 'stride'>>;

function shapeOf({ batch, length }: Pick<Sequences, 'batch' | 'length'>, columns: number): string {
  return `${length} times of ${batch} rows of ${columns}`;
}
