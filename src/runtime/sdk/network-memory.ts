import { allocateFloats, floats, kernel } from './network-kernel.ts';
import {
  networkLayout,
  padded,
  readParameters,
  writeParameters,
  type Layer,
  type LayerShape,
} from './network-layout.ts';
import { networkStepper, type NetworkOptimizer } from './network-optimizer.ts';
import type { Rng } from './rng.ts';

/** All that a network has learnt, as a checkpoint keeps it. */
export interface NetworkState {
  readonly parameters: Float32Array;
  /** The optimiser's averages, each as long as the parameters: of gradients, and for Adam of their squares. */
  readonly averages: readonly Float32Array[];
  /** Steps of the optimiser so far. */
  readonly steps: number;
}

/**
 * What networks have in common that train without a tensor engine. Matrices are flat lists, row by row, and parameters one
 * list. Lists that come out are copies. A list of the wrong length, and calls in an order that makes no sense, are errors.
 */
export interface TrainableNetwork {
  readonly parameterCount: number;
  /** Step size of the optimiser, which may change from step to step. */
  rate: number;
  /** dLoss / dParameters, after `backward` or `train`. */
  readonly gradient: () => Float32Array;
  /** One step of the optimiser, down the gradient of `backward` or the one that is given: clipped, or a sum of several. */
  readonly step: (gradient?: ArrayLike<number>) => void;
  readonly readParameters: () => Float32Array;
  /** Puts parameters in the place of those that are there. The optimiser's averages stay. */
  readonly writeParameters: (parameters: ArrayLike<number>) => void;
  readonly save: () => NetworkState;
  /** Makes the network what it was when it was saved: it goes on with the same numbers. */
  readonly restore: (state: NetworkState) => void;
  /** Gives the memory back at once; otherwise that happens some time after nothing refers to the network. */
  readonly dispose: () => void;
}

/**
 * What `train` brings down. `cross-entropy`: −Σ target · log softmax(output) in nats, mean over the rows; a row of targets
 * is a distribution, or any weights (an action's one-hot row times its advantage gives the policy gradient, a row of zeros
 * asks for nothing). `squared`: the mean over all numbers of (output − target)².
 */
export interface NetworkLoss {
  readonly loss: 'cross-entropy' | 'squared';
  /** As many numbers as there are outputs. */
  readonly targets: ArrayLike<number>;
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

interface MemoryOptions {
  /** What errors call the network. */
  readonly name: string;
  readonly shapes: readonly LayerShape[];
  readonly optimizer: NetworkOptimizer;
  /** Draws one of a layer's first weights; the index is that of the layer. Biases begin at 0. */
  readonly firstWeight: (layer: LayerShape, index: number) => number;
  /** Floats for each row of a batch. */
  readonly rowFloats: number;
}

/** A network's parameters, their gradient and averages, and room for a batch, in the kernel's memory; its optimiser. */
export interface NetworkMemory {
  readonly layers: readonly Layer[];
  /** What the numbers in memory are: of a pass forward, of one back as well, or of parameters that have changed since. */
  stage: 'changed' | 'forward' | 'backward';
  /** Room for the transposed weights of any layer. */
  readonly transposedAt: number;
  /** Addresses of a layer's weights and biases, and of their gradients. */
  readonly weights: (layer: Layer) => number;
  readonly biases: (layer: Layer) => number;
  readonly weightsGradient: (layer: Layer) => number;
  readonly biasesGradient: (layer: Layer) => number;
  /** Makes room for so many rows; what was there of fewer goes. */
  readonly reserve: (rows: number) => void;
  /** Address in the room for a batch, after so many floats for each row that there is room for. */
  readonly inBatch: (floatsPerRow: number) => number;
  readonly takeStep: () => void;
  /** @throws Error where the network has been disposed of. */
  readonly alive: (caller: string) => void;
  readonly afterBackward: (caller: string) => void;
  readonly expect: (caller: string, what: string, found: number, wanted: number, why: string) => void;
  /** The kernel of a loss. */
  readonly lossOf: (caller: string, loss: NetworkLoss['loss']) => ReturnType<typeof kernel>['squaredError'];
  /** The public part. */
  readonly trainable: TrainableNetwork;
  /** Has the memory given back when nothing refers to the network any more. */
  readonly belongsTo: (network: object) => void;
}

/** @throws RangeError where a rate or a decay makes no sense, or memory is at its end. */
export function networkMemory({ name, shapes, optimizer, firstWeight, rowFloats }: MemoryOptions): NetworkMemory {
  const layout = networkLayout(shapes);
  const stepper = networkStepper(name, optimizer);
  const { layers, parameterCount, paddedCount } = layout;
  const code = kernel();

  // Parameters, gradient, averages, and the transposed weights of one layer.
  const size = (2 + stepper.averages) * paddedCount + layout.largestWeights;
  const blocks: Blocks = { network: allocateFloats(name, size), batch: 0 };
  const gradientAt = blocks.network + 4 * paddedCount;
  const averagesAt = Array.from({ length: stepper.averages }, (_, i) => gradientAt + 4 * (i + 1) * paddedCount);
  let capacity = 0;

  const memory: NetworkMemory = {
    layers,
    stage: 'changed',
    transposedAt: gradientAt + 4 * (stepper.averages + 1) * paddedCount,
    weights: ({ weightsAt }) => blocks.network + 4 * weightsAt,
    biases: ({ biasAt }) => blocks.network + 4 * biasAt,
    weightsGradient: ({ weightsAt }) => gradientAt + 4 * weightsAt,
    biasesGradient: ({ biasAt }) => gradientAt + 4 * biasAt,
    reserve(rows) {
      if (rows <= capacity) return;
      const wanted = padded(rows);
      const block = allocateFloats(name, wanted * rowFloats);
      if (blocks.batch !== 0) code.release(blocks.batch);
      blocks.batch = block;
      capacity = wanted;
    },
    inBatch: (floatsPerRow) => blocks.batch + 4 * floatsPerRow * capacity,
    takeStep() {
      stepper.step(blocks.network, gradientAt, averagesAt, paddedCount);
      memory.stage = 'changed';
    },
    alive(caller) {
      if (blocks.network === 0) throw new Error(`${name}.${caller}: this network has been disposed of.`);
    },
    afterBackward(caller) {
      memory.alive(caller);
      if (memory.stage !== 'backward') {
        throw new Error(`${name}.${caller}: call forward and backward first; the parameters have changed since.`);
      }
    },
    expect(caller, what, found, wanted, why) {
      if (found !== wanted) {
        throw new RangeError(`${name}.${caller}: there are ${found} ${what}, but it needs ${wanted}: ${why}.`);
      }
    },
    lossOf(caller, loss) {
      const found = { 'cross-entropy': code.crossEntropy, squared: code.squaredError }[loss];
      if (typeof found === 'function') return found;
      throw new RangeError(`${name}.${caller}: there is no loss '${loss}'; take 'cross-entropy' or 'squared'.`);
    },
    trainable: {
      parameterCount,
      get rate() {
        return stepper.rate;
      },
      set rate(rate) {
        stepper.rate = rate;
      },
      gradient() {
        memory.alive('gradient');
        return read(gradientAt);
      },
      step(gradient) {
        if (gradient === undefined) {
          memory.afterBackward('step');
        } else {
          memory.alive('step');
          expectParameters('step', gradient);
          write(gradient, gradientAt);
        }
        memory.takeStep();
      },
      readParameters() {
        memory.alive('readParameters');
        return read(blocks.network);
      },
      writeParameters(parameters) {
        memory.alive('writeParameters');
        expectParameters('writeParameters', parameters);
        write(parameters, blocks.network);
        memory.stage = 'changed';
      },
      save() {
        memory.alive('save');
        return { parameters: read(blocks.network), averages: averagesAt.map(read), steps: stepper.steps() };
      },
      restore({ parameters, averages, steps }) {
        memory.alive('restore');
        memory.expect('restore', 'averages', averages.length, averagesAt.length, `those of ${optimizer.type}`);
        for (const list of [parameters, ...averages]) expectParameters('restore', list);
        write(parameters, blocks.network);
        averages.forEach((average, i) => write(average, averagesAt[i]!));
        stepper.restart(steps);
        memory.stage = 'changed';
      },
      dispose() {
        forgotten.unregister(blocks);
        release(blocks);
      },
    },
    belongsTo(network) {
      forgotten.register(network, blocks, blocks);
    },
  };
  write(firstParameters(), blocks.network);
  return memory;

  function firstParameters(): Float32Array {
    const values = new Float32Array(parameterCount);
    for (const [index, layer] of layers.entries()) {
      const { inputs, outputs, parts, from } = layer;
      for (let i = from; i < from + inputs * parts * outputs; i++) values[i] = firstWeight(layer, index);
    }
    return values;
  }

  function read(address: number): Float32Array {
    return readParameters(floats(), address / 4, layout);
  }

  function write(values: ArrayLike<number>, address: number): void {
    writeParameters(floats(), address / 4, layout, values);
  }

  function expectParameters(caller: string, values: ArrayLike<number>): void {
    memory.expect(caller, 'numbers', values.length, parameterCount, 'one for each parameter');
  }
}

/** Draws weights that keep the variance of what goes through them, times `gain`: normal, variance gain / inputs. */
export function scaledNormal(rng: Rng, gain: number): (layer: LayerShape) => number {
  return ({ inputs }) => rng.normal(0, Math.sqrt(gain / inputs));
}

/** @throws RangeError unless all are whole numbers from 1 up. */
export function expectWhole(caller: string, numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`${caller}: the ${name} is ${value}; it must be a whole number from 1 up.`);
    }
  }
}
