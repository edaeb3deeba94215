import { allocateFloats, floats, kernel } from './dense-kernel.ts';
import { denseLayout, padded, readParameters, readRows, writeParameters, writeRows } from './dense-layout.ts';
import type { DenseLayer } from './dense-layout.ts';
import { denseStepper, type DenseOptimizer } from './dense-optimizer.ts';
import type { Rng } from './rng.ts';

/** What a dense network is made of, and how it learns. */
export interface DenseNetworkOptions {
  /** Units of each layer, the inputs first: `[4, 64, 64, 2]`. */
  readonly sizes: readonly number[];
  /** After each layer but the last, whose outputs are plain sums. */
  readonly activation: 'relu' | 'tanh' | 'linear';
  readonly optimizer: DenseOptimizer;
}

/**
 * What `train` brings down. `cross-entropy`: −Σ target · log softmax(output) in nats, mean over the batch; a row of targets
 * is a distribution, or any weights (an action's one-hot row times its advantage gives the policy gradient). `squared`: the
 * mean over all numbers of (output − target)².
 */
export interface DenseLoss {
  readonly loss: 'cross-entropy' | 'squared';
  /** [batch, outputs]. */
  readonly targets: ArrayLike<number>;
}

/** All that a dense network has learnt, as a checkpoint keeps it. */
export interface DenseNetworkState {
  readonly parameters: Float32Array;
  /** The optimiser's averages, each as long as the parameters: of gradients, and for Adam of their squares. */
  readonly averages: readonly Float32Array[];
  /** Steps of the optimiser so far. */
  readonly steps: number;
}

/**
 * A dense network that trains without a tensor engine. Matrices are flat lists, row by row, and parameters one list: of each
 * layer the weights [inputs, outputs], then the biases, first layer first. Lists that come out are copies. A list of the
 * wrong length, and calls in an order that makes no sense, are errors.
 */
export interface DenseNetwork {
  readonly parameterCount: number;
  /** Step size of the optimiser, which may change from step to step. */
  rate: number;
  /** Maps inputs [batch, inputs] to outputs [batch, outputs]. */
  readonly forward: (inputs: ArrayLike<number>, batch: number) => Float32Array;
  /** One step down the gradient of a loss. Returns the loss before it. */
  readonly train: (inputs: ArrayLike<number>, batch: number, loss: DenseLoss) => number;
  /** For losses of one's own, after `forward`: goes back from dLoss / dOutputs [batch, outputs]. */
  readonly backward: (outputGradient: ArrayLike<number>) => void;
  /** dLoss / dParameters, after `backward` or `train`. */
  readonly gradient: () => Float32Array;
  /** dLoss / dInputs [batch, inputs], after `backward`. */
  readonly inputGradient: () => Float32Array;
  /** One step of the optimiser, down the gradient of `backward` or the one that is given: clipped, or a sum of several. */
  readonly step: (gradient?: ArrayLike<number>) => void;
  readonly readParameters: () => Float32Array;
  /** Puts parameters in the place of those that are there. The optimiser's averages stay. */
  readonly writeParameters: (parameters: ArrayLike<number>) => void;
  readonly save: () => DenseNetworkState;
  /** Makes the network what it was when it was saved: it goes on with the same numbers. */
  readonly restore: (state: DenseNetworkState) => void;
  /** Gives the memory back at once; otherwise that happens some time after nothing refers to the network. */
  readonly dispose: () => void;
}

/** Addresses of a network's two blocks of memory; 0 for none. */
interface Blocks {
  network: number;
  batch: number;
}

/**
 * A trial that throws or forgets must not take memory from the next one in its process. Marked so that the bundle of an
 * experiment without networks, from which the age of its verdict is told, leaves all of this out.
 */
const forgotten = /* @__PURE__ */ new FinalizationRegistry<Blocks>(release);

function release(blocks: Blocks): void {
  if (blocks.network !== 0) kernel().release(blocks.network);
  if (blocks.batch !== 0) kernel().release(blocks.batch);
  blocks.network = blocks.batch = 0;
}

/**
 * Makes a dense network for experiments with `compute: 'none'`. Both passes and the optimiser are kernels in WebAssembly with
 * gradients derived by hand, because a tensor engine spends its time on bookkeeping where networks are small. Numbers are
 * 32-bit floats, and the same seed gives the same ones on every machine, bit by bit.
 *
 * Weights are normal with variance 2 / inputs before ReLU (He et al., 2015) and 1 / inputs otherwise, biases 0; before ReLU
 * they are those that `mlp` draws.
 *
 * @throws RangeError where a size, a rate or a decay makes no sense, or memory is at its end.
 */
export function denseNetwork(rng: Rng, { sizes, activation, optimizer }: DenseNetworkOptions): DenseNetwork {
  const layout = denseLayout(sizes);
  const stepper = denseStepper(optimizer);
  if (!['relu', 'tanh', 'linear'].includes(activation)) {
    throw new RangeError(`denseNetwork: there is no activation '${activation}'; take 'relu', 'tanh' or 'linear'.`);
  }
  const { layers, parameterCount, paddedCount } = layout;
  const [first, last] = [layers[0]!, layers.at(-1)!];
  const { inputs } = first;
  const { outputs } = last;
  const code = kernel();

  // Parameters, gradient, averages, and room for the transposed weights of one layer.
  const size = (2 + stepper.averages) * paddedCount + layout.largestWeights;
  const blocks: Blocks = { network: allocateFloats(size), batch: 0 };
  const gradientAt = blocks.network + 4 * paddedCount;
  const averagesAt = Array.from({ length: stepper.averages }, (_, i) => gradientAt + 4 * (i + 1) * paddedCount);
  const transposedAt = gradientAt + 4 * (stepper.averages + 1) * paddedCount;
  write(initialParameters(), blocks.network);

  /** Rows that there is memory for, and rows in use. */
  let capacity = 0;
  let rows = 0;
  /** What the numbers in memory are: of a pass forward, of one back as well, or of parameters that have changed since. */
  let stage: 'changed' | 'forward' | 'backward' = 'changed';

  const network: DenseNetwork = {
    parameterCount,
    get rate() {
      return stepper.rate;
    },
    set rate(rate) {
      stepper.rate = rate;
    },
    forward(values, batch) {
      goForward('forward', values, batch);
      return readRows(floats(), inBatch(last.valuesAt) / 4, rows, outputs);
    },
    train(values, batch, { loss, targets }) {
      const lossOf = { 'cross-entropy': code.crossEntropy, squared: code.squaredError }[loss];
      if (typeof lossOf !== 'function') {
        throw new RangeError(`denseNetwork.train: there is no loss '${loss}'; take 'cross-entropy' or 'squared'.`);
      }
      expect('train', 'targets', targets.length, batch * outputs, `${batch} rows of ${outputs}`);
      goForward('train', values, batch);
      floats().set(targets, inBatch(layout.targetsAt) / 4);
      const addresses = [inBatch(last.valuesAt), inBatch(layout.targetsAt), inBatch(last.gradientAt)] as const;
      const value = lossOf(...addresses, rows, outputs, last.paddedOutputs);
      goBack();
      takeStep();
      return value;
    },
    backward(outputGradient) {
      alive('backward');
      if (stage === 'changed') {
        throw new Error('denseNetwork.backward: call forward first; the parameters have changed since the last time.');
      }
      const shape = `${rows} rows of ${outputs}`;
      expect('backward', 'numbers in the gradient', outputGradient.length, rows * outputs, shape);
      writeRows(floats(), inBatch(last.gradientAt) / 4, outputGradient, rows, outputs);
      goBack();
    },
    gradient() {
      alive('gradient');
      return read(gradientAt);
    },
    inputGradient() {
      afterBackward('inputGradient');
      goThrough(first, inBatch(layout.inputGradientAt));
      return readRows(floats(), inBatch(layout.inputGradientAt) / 4, rows, inputs);
    },
    step(gradient) {
      if (gradient === undefined) {
        afterBackward('step');
      } else {
        alive('step');
        expectParameters('step', gradient);
        write(gradient, gradientAt);
      }
      takeStep();
    },
    readParameters() {
      alive('readParameters');
      return read(blocks.network);
    },
    writeParameters(parameters) {
      alive('writeParameters');
      expectParameters('writeParameters', parameters);
      write(parameters, blocks.network);
      stage = 'changed';
    },
    save() {
      alive('save');
      return { parameters: read(blocks.network), averages: averagesAt.map(read), steps: stepper.steps() };
    },
    restore({ parameters, averages, steps }) {
      alive('restore');
      expect('restore', 'averages', averages.length, averagesAt.length, `those of ${optimizer.type}`);
      for (const list of [parameters, ...averages]) expectParameters('restore', list);
      write(parameters, blocks.network);
      averages.forEach((average, i) => write(average, averagesAt[i]!));
      stepper.restart(steps);
      stage = 'changed';
    },
    dispose() {
      forgotten.unregister(blocks);
      release(blocks);
    },
  };
  forgotten.register(network, blocks, blocks);
  return network;

  function initialParameters(): Float32Array {
    const values = new Float32Array(parameterCount);
    for (const { inputs, outputs, from } of layers) {
      const deviation = Math.sqrt((activation === 'relu' ? 2 : 1) / inputs);
      for (let i = 0; i < inputs * outputs; i++) values[from + i] = rng.normal(0, deviation);
    }
    return values;
  }

  function goForward(caller: string, values: ArrayLike<number>, batch: number): void {
    alive(caller);
    if (!(Number.isInteger(batch) && batch >= 1)) {
      throw new RangeError(`denseNetwork.${caller}: the batch is ${batch}; it must be a whole number from 1 up.`);
    }
    expect(caller, 'inputs', values.length, batch * inputs, `${batch} rows of ${inputs}`);
    reserve(batch);
    rows = batch;
    writeRows(floats(), blocks.batch / 4, values, rows, inputs);
    for (const layer of layers) {
      const to = inBatch(layer.valuesAt);
      code.multiply(
        ...([inputsOf(layer), 4 * layer.paddedInputs, 4, inNetwork(layer.weightsAt), to] as const),
        ...([padded(rows), layer.paddedOutputs, layer.inputs, inNetwork(layer.biasAt)] as const),
      );
      if (layer === last) break;
      if (activation === 'relu') code.relu(to, rows * layer.paddedOutputs);
      if (activation === 'tanh') code.tanh(to, rows * layer.paddedOutputs);
    }
    stage = 'forward';
  }

  /** Computes the gradient of all parameters from that of the last layer's sums, which lies in memory. */
  function goBack(): void {
    for (let i = layers.length - 1; i >= 0; i--) {
      const layer = layers[i]!;
      const sumsGradient = inBatch(layer.gradientAt);
      // The transposed inputs times the gradient of the sums.
      code.multiply(
        ...([inputsOf(layer), 4, 4 * layer.paddedInputs, sumsGradient, gradientAt + 4 * layer.weightsAt] as const),
        ...([layer.paddedInputs, layer.paddedOutputs, rows, 0] as const),
      );
      code.sumColumns(sumsGradient, rows, layer.paddedOutputs, gradientAt + 4 * layer.biasAt);
      if (i === 0) break;
      const before = layers[i - 1]!;
      const count = rows * before.paddedOutputs;
      goThrough(layer, inBatch(before.gradientAt));
      if (activation === 'relu') code.reluGradient(inBatch(before.valuesAt), inBatch(before.gradientAt), count);
      if (activation === 'tanh') code.tanhGradient(inBatch(before.valuesAt), inBatch(before.gradientAt), count);
    }
    stage = 'backward';
  }

  /** From the gradient of a layer's sums to that of its inputs. */
  function goThrough(layer: DenseLayer, to: number): void {
    code.transpose(inNetwork(layer.weightsAt), transposedAt, layer.paddedInputs, layer.paddedOutputs);
    code.multiply(
      ...([inBatch(layer.gradientAt), 4 * layer.paddedOutputs, 4, transposedAt, to] as const),
      ...([padded(rows), layer.paddedInputs, layer.outputs, 0] as const),
    );
  }

  function takeStep(): void {
    stepper.step(blocks.network, gradientAt, averagesAt, paddedCount);
    stage = 'changed';
  }

  /** Makes room for a batch; what was there of a smaller one goes. */
  function reserve(batch: number): void {
    if (batch <= capacity) return;
    const wanted = padded(batch);
    const block = allocateFloats(wanted * layout.rowFloats);
    if (blocks.batch !== 0) code.release(blocks.batch);
    blocks.batch = block;
    capacity = wanted;
  }

  function inputsOf(layer: DenseLayer): number {
    return layer === first ? blocks.batch : inBatch(layers[layers.indexOf(layer) - 1]!.valuesAt);
  }

  function inBatch(floatsPerRow: number): number {
    return blocks.batch + 4 * floatsPerRow * capacity;
  }

  function inNetwork(at: number): number {
    return blocks.network + 4 * at;
  }

  function read(address: number): Float32Array {
    return readParameters(floats(), address / 4, layout);
  }

  function write(values: ArrayLike<number>, address: number): void {
    writeParameters(floats(), address / 4, layout, values);
  }

  function alive(caller: string): void {
    if (blocks.network === 0) throw new Error(`denseNetwork.${caller}: this network has been disposed of.`);
  }

  function afterBackward(caller: string): void {
    alive(caller);
    if (stage !== 'backward') {
      throw new Error(`denseNetwork.${caller}: call forward and backward first; the parameters have changed since.`);
    }
  }

  function expectParameters(caller: string, values: ArrayLike<number>): void {
    expect(caller, 'numbers', values.length, parameterCount, `one for each parameter`);
  }

  function expect(caller: string, what: string, found: number, wanted: number, why: string): void {
    if (found !== wanted) {
      throw new RangeError(`denseNetwork.${caller}: there are ${found} ${what}, but it needs ${wanted}: ${why}.`);
    }
  }
}
