import { floats, kernel } from './network-kernel.ts';
import { padded, readRows, writeRows, type Layer } from './network-layout.ts';
import { expectWhole, networkMemory, scaledNormal, type NetworkLoss, type TrainableNetwork } from './network-memory.ts';
import type { NetworkOptimizer } from './network-optimizer.ts';
import type { Rng } from './rng.ts';

/** What a dense network is made of, and how it learns. */
export interface DenseNetworkOptions {
  /** Units of each layer, the inputs first: `[4, 64, 64, 2]`. */
  readonly sizes: readonly number[];
  /** After each layer but the last, whose outputs are plain sums. */
  readonly activation: 'relu' | 'tanh' | 'linear';
  readonly optimizer: NetworkOptimizer;
}

/** A dense network. Its parameters: of each layer the weights [inputs, outputs], then the biases, first layer first. */
export interface DenseNetwork extends TrainableNetwork {
  /** Maps inputs [batch, inputs] to outputs [batch, outputs]. */
  readonly forward: (inputs: ArrayLike<number>, batch: number) => Float32Array;
  /** One step down the gradient of a loss with targets [batch, outputs]. Returns the loss before it. */
  readonly train: (inputs: ArrayLike<number>, batch: number, loss: NetworkLoss) => number;
  /** For losses of one's own, after `forward`: goes back from dLoss / dOutputs [batch, outputs]. */
  readonly backward: (outputGradient: ArrayLike<number>) => void;
  /** dLoss / dInputs [batch, inputs], after `backward`. */
  readonly inputGradient: () => Float32Array;
}

/**
 * Makes a dense network for experiments with `compute: 'none'`. Both passes and the optimiser are kernels in WebAssembly with
 * gradients derived by hand, because a tensor engine spends its time on bookkeeping where networks are small. Numbers are
 * 32-bit floats, and the same seed gives the same ones, bit by bit, on every machine whose processor multiplies and adds in one
 * rounding, as those of the last ten years do; on others, numbers that differ in their last digits.
 *
 * Weights are normal with variance 2 / inputs before ReLU (He et al., 2015) and 1 / inputs otherwise, biases 0; before ReLU
 * they are those that `mlp` draws.
 *
 * @throws RangeError where a size, a rate or a decay makes no sense, or memory is at its end.
 */
export function denseNetwork(rng: Rng, { sizes, activation, optimizer }: DenseNetworkOptions): DenseNetwork {
  if (sizes.length < 2 || !sizes.every((size) => Number.isInteger(size) && size >= 1)) {
    throw new RangeError(
      `denseNetwork: sizes are [${sizes.join(', ')}]; give the units of two layers or more, the inputs first, such as [4, 64, 2].`,
    );
  }
  if (!['relu', 'tanh', 'linear'].includes(activation)) {
    throw new RangeError(`denseNetwork: there is no activation '${activation}'; take 'relu', 'tanh' or 'linear'.`);
  }
  // A batch is its inputs, of each layer the values and the gradient of the sums, the gradient of the inputs, the targets.
  const [inputs, outputs] = [sizes[0]!, sizes.at(-1)!];
  let rowFloats = padded(inputs);
  const places = sizes.slice(1).map((units) => {
    const valuesAt = rowFloats;
    rowFloats += 2 * padded(units);
    return { valuesAt, gradientAt: valuesAt + padded(units) };
  });
  const inputGradientAt = rowFloats;
  const targetsAt = inputGradientAt + padded(inputs);
  const memory = networkMemory({
    name: 'denseNetwork',
    shapes: places.map((_, i) => ({ inputs: sizes[i]!, outputs: sizes[i + 1]!, parts: 1, biases: true })),
    optimizer,
    firstWeight: scaledNormal(rng, activation === 'relu' ? 2 : 1),
    rowFloats: targetsAt + outputs,
  });
  const { layers, inBatch } = memory;
  const last = layers.length - 1;
  const code = kernel();
  /** Rows in use. */
  let rows = 0;

  const network: DenseNetwork = Object.assign(memory.trainable, {
    forward(values: ArrayLike<number>, batch: number) {
      goForward('forward', values, batch);
      return readRows(floats(), inBatch(places[last]!.valuesAt) / 4, { rows, columns: outputs });
    },
    train(values: ArrayLike<number>, batch: number, { loss, targets }: NetworkLoss) {
      const lossOf = memory.lossOf('train', loss);
      memory.expect('train', 'targets', targets.length, batch * outputs, `${batch} rows of ${outputs}`);
      goForward('train', values, batch);
      floats().set(targets, inBatch(targetsAt) / 4);
      const addresses = [places[last]!.valuesAt, targetsAt, places[last]!.gradientAt].map(inBatch);
      const value = lossOf(addresses[0]!, addresses[1]!, addresses[2]!, rows, outputs, padded(outputs), rows);
      goBack();
      memory.takeStep();
      return value;
    },
    backward(outputGradient: ArrayLike<number>) {
      memory.alive('backward');
      if (memory.stage === 'changed') {
        throw new Error('denseNetwork.backward: call forward first; the parameters have changed since the last time.');
      }
      const shape = `${rows} rows of ${outputs}`;
      memory.expect('backward', 'numbers in the gradient', outputGradient.length, rows * outputs, shape);
      writeRows(floats(), inBatch(places[last]!.gradientAt) / 4, { rows, columns: outputs }, outputGradient);
      goBack();
    },
    inputGradient() {
      memory.afterBackward('inputGradient');
      goThrough(0, inBatch(inputGradientAt));
      return readRows(floats(), inBatch(inputGradientAt) / 4, { rows, columns: inputs });
    },
  });
  memory.belongsTo(network);
  return network;

  function goForward(caller: string, values: ArrayLike<number>, batch: number): void {
    memory.alive(caller);
    expectWhole(`denseNetwork.${caller}`, { batch });
    memory.expect(caller, 'inputs', values.length, batch * inputs, `${batch} rows of ${inputs}`);
    memory.reserve(batch);
    rows = batch;
    writeRows(floats(), inBatch(0) / 4, { rows, columns: inputs }, values);
    for (const [i, layer] of layers.entries()) {
      const to = inBatch(places[i]!.valuesAt);
      code.multiply(
        ...([inputsOf(i), 4 * layer.paddedInputs, 4, memory.weights(layer), to] as const),
        ...([padded(rows), layer.paddedOutputs, layer.inputs, memory.biases(layer)] as const),
      );
      if (i === last) break;
      if (activation === 'relu') code.relu(to, rows * layer.paddedOutputs);
      if (activation === 'tanh') code.tanh(to, rows * layer.paddedOutputs);
    }
    memory.stage = 'forward';
  }

  /** Computes the gradient of all parameters from that of the last layer's sums, which lies in memory. */
  function goBack(): void {
    for (let i = last; i >= 0; i--) {
      const layer = layers[i]!;
      const sumsGradient = inBatch(places[i]!.gradientAt);
      // The transposed inputs times the gradient of the sums.
      code.multiply(
        ...([inputsOf(i), 4, 4 * layer.paddedInputs, sumsGradient, memory.weightsGradient(layer)] as const),
        ...([layer.paddedInputs, layer.paddedOutputs, rows, 0] as const),
      );
      code.sumColumns(sumsGradient, rows, layer.paddedOutputs, memory.biasesGradient(layer));
      if (i === 0) break;
      const before = { values: inBatch(places[i - 1]!.valuesAt), gradient: inBatch(places[i - 1]!.gradientAt) };
      const count = rows * layer.paddedInputs;
      goThrough(i, before.gradient);
      if (activation === 'relu') code.reluGradient(before.values, before.gradient, count);
      if (activation === 'tanh') code.tanhGradient(before.values, before.gradient, count);
    }
    memory.stage = 'backward';
  }

  /** From the gradient of a layer's sums to that of its inputs. */
  function goThrough(i: number, to: number): void {
    const layer: Layer = layers[i]!;
    code.transpose(memory.weights(layer), memory.transposedAt, layer.paddedInputs, layer.paddedOutputs);
    code.multiply(
      ...([inBatch(places[i]!.gradientAt), 4 * layer.paddedOutputs, 4, memory.transposedAt, to] as const),
      ...([padded(rows), layer.paddedInputs, layer.outputs, 0] as const),
    );
  }

  function inputsOf(i: number): number {
    return i === 0 ? inBatch(0) : inBatch(places[i - 1]!.valuesAt);
  }
}
