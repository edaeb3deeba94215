import { floats, kernel } from './network-kernel.ts';
import { padded, readRows, writeRows, type Layer, type LayerShape } from './network-layout.ts';
import { expectWhole, networkMemory, type NetworkLoss, type TrainableNetwork } from './network-memory.ts';
import type { NetworkOptimizer } from './network-optimizer.ts';
import type { Rng } from './rng.ts';

/** What a transformer is made of, and how it learns. */
export interface TransformerNetworkOptions {
  /** Size of the vocabulary: tokens are whole numbers from 0 to one less. */
  readonly tokens: number;
  /** Numbers that stand for a token between the blocks: a multiple of four times the heads. */
  readonly width: number;
  /** Heads of attention of each block. */
  readonly heads: number;
  /** Tokens of the longest sequence. */
  readonly length: number;
  /** Blocks. */
  readonly layers: number;
  /** Numbers that go out at each position: for a language model as many as there are tokens. */
  readonly outputs: number;
  /** Whether a position sees only itself and those before it, as a model that predicts the next token must. */
  readonly causal: boolean;
  readonly optimizer: NetworkOptimizer;
}

/** Sequences of tokens, all of the same length. */
export interface TokenSequences {
  /** [batch, length]: first all tokens of the first sequence. */
  readonly tokens: ArrayLike<number>;
  readonly batch: number;
  /** At most the network's. */
  readonly length: number;
}

/**
 * A transformer (Vaswani et al., 2017) whose blocks normalise what they read, not what they write (Xiong et al., 2020):
 * x = token's vector + position's vector; of each block x = x + Attention(norm x) · Wo, then x = x + relu(norm x · Wup) · Wdown
 * with 4 · width hidden units; outputs = norm x · Wout. `norm` is (x − mean) / √(variance + 1e-5) over a position's numbers,
 * without a learned scale, which the matrix that follows could take in; there are no biases.
 *
 * Its parameters: vectors of the tokens [tokens, width] and of the positions [length, width]; of each block the weights of
 * queries, keys and values side by side [width, 3 · width], of which each head has its own width / heads columns, then Wo
 * [width, width], Wup [width, 4 · width] and Wdown [4 · width, width]; Wout [width, outputs].
 */
export interface TransformerNetwork extends TrainableNetwork {
  /** Maps sequences to outputs [batch, length, outputs]. */
  readonly forward: (sequences: TokenSequences) => Float32Array;
  /** One step down the gradient of a loss with targets [batch, length, outputs]. Returns the loss before it. */
  readonly train: (sequences: TokenSequences, loss: NetworkLoss) => number;
  /** For losses of one's own, after `forward`: goes back from dLoss / dOutputs [batch, length, outputs]. */
  readonly backward: (outputGradient: ArrayLike<number>) => void;
}

/** The weights of a block. */
interface Block {
  readonly inward: Layer;
  readonly outward: Layer;
  readonly up: Layer;
  readonly down: Layer;
}

/**
 * Makes a transformer for experiments with `compute: 'none'`, in WebAssembly as `denseNetwork` is.
 *
 * Vectors of tokens and positions are standard normal; weights are normal with variance 1 / inputs, twice that before ReLU
 * (He et al., 2015), and 1 / (2 · layers) of it in Wo and Wdown, whose results add up (Radford et al., 2019).
 *
 * @throws RangeError where a size, a rate or a decay makes no sense, or memory is at its end.
 */
export function transformerNetwork(rng: Rng, options: TransformerNetworkOptions): TransformerNetwork {
  const { tokens, width, heads, length: longest, layers: depth, outputs, causal, optimizer } = options;
  expectWhole('transformerNetwork', { tokens, width, heads, length: longest, layers: depth, outputs });
  if (width % (4 * heads) !== 0) {
    throw new RangeError(
      `transformerNetwork: the width is ${width} for ${heads} heads; it must be a multiple of ${4 * heads}, four times the heads.`,
    );
  }
  const hidden = 4 * width;
  const size = width / heads;
  // What lies in memory for each row, which is one position of one sequence. Sequences are filled up to a multiple of four
  // rows; those are zero all the way, and so are their gradients, which is why products may run over them.
  let rowFloats = 0;
  const place = (floatsPerRow: number) => (rowFloats += floatsPerRow) - floatsPerRow;
  const tokensAt = place(1);
  const streamAt = place(width);
  const places = Array.from({ length: depth }, () => ({
    seenNormalAt: place(width),
    seenScalesAt: place(1),
    seenAt: place(3 * width),
    sharesAt: place(heads * padded(longest)),
    mixedAt: place(width),
    readNormalAt: place(width),
    readScalesAt: place(1),
    hiddenAt: place(hidden),
  }));
  const normalAt = place(width);
  const scalesAt = place(1);
  const outputsAt = place(padded(outputs));
  const outputGradientAt = place(padded(outputs));
  const targetsAt = place(outputs);
  const streamGradientAt = place(width);
  /** What is added to the stream next, or the gradient of what was read from it. */
  const changeAt = place(width);
  const seenGradientAt = place(3 * width);
  const hiddenGradientAt = place(hidden);
  const roomAt = place(padded(longest) + size);
  const linear = (inputs: number, units: number, parts = 1): LayerShape => {
    return { inputs, outputs: units, parts, biases: false };
  };
  const blockShapes = [linear(width, width, 3), linear(width, width), linear(width, hidden), linear(hidden, width)];
  const blockGains = [1, 1 / (2 * depth), 2, 1 / (2 * depth)];
  const inBlocks = <T>(list: readonly T[]) => Array.from({ length: depth }, () => list).flat();
  /** Variances of first weights, times their inputs. */
  const gains = [tokens, longest, ...inBlocks(blockGains), 1];
  const memory = networkMemory({
    name: 'transformerNetwork',
    shapes: [linear(tokens, width), linear(longest, width), ...inBlocks(blockShapes), linear(width, outputs)],
    optimizer,
    firstWeight: ({ inputs }, layer) => rng.normal(0, Math.sqrt(gains[layer]! / inputs)),
    rowFloats,
  });
  const { inBatch } = memory;
  const [vectors, positions] = memory.layers as readonly [Layer, Layer];
  const blocks = places.map((_, i): Block => {
    const [inward, outward, up, down] = memory.layers.slice(2 + 4 * i) as [Layer, Layer, Layer, Layer];
    return { inward, outward, up, down };
  });
  const last = memory.layers.at(-1)!;
  const code = kernel();
  let [batch, length] = [0, 0];
  /** Rows of one sequence, with those that fill it up, and of all. */
  let [rows, allRows] = [0, 0];

  const network: TransformerNetwork = Object.assign(memory.trainable, {
    forward(sequences: TokenSequences) {
      goForward('forward', sequences);
      const values = new Float32Array(batch * length * outputs);
      for (let i = 0; i < batch; i++) {
        const own = readRows(floats(), ofSequence(i, outputsAt) / 4, { rows: length, columns: outputs });
        values.set(own, i * length * outputs);
      }
      return values;
    },
    train(sequences: TokenSequences, { loss, targets }: NetworkLoss) {
      const lossOf = memory.lossOf('train', loss);
      const wanted = sequences.batch * sequences.length * outputs;
      memory.expect('train', 'targets', targets.length, wanted, shapeOf(sequences, outputs));
      goForward('train', sequences);
      floats().set(targets, inBatch(targetsAt) / 4);
      let value = 0;
      for (let i = 0; i < batch; i++) {
        const own = inBatch(targetsAt) + 4 * i * length * outputs;
        value += lossOf(
          ...([ofSequence(i, outputsAt), own, ofSequence(i, outputGradientAt)] as const),
          ...([length, outputs, last.paddedOutputs, batch * length] as const),
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
          'transformerNetwork.backward: call forward first; the parameters have changed since the last time.',
        );
      }
      const shape = shapeOf({ batch, length }, outputs);
      const wanted = batch * length * outputs;
      memory.expect('backward', 'numbers in the gradient', outputGradient.length, wanted, shape);
      const own = { rows: length, columns: outputs, stride: last.paddedOutputs };
      for (let i = 0; i < batch; i++) {
        writeRows(floats(), ofSequence(i, outputGradientAt) / 4, own, outputGradient, i * length * outputs);
      }
      goBack();
    },
  });
  memory.belongsTo(network);
  return network;

  function goForward(caller: string, sequences: TokenSequences): void {
    memory.alive(caller);
    expectTokens(caller, sequences);
    memory.reserve(sequences.batch * padded(sequences.length));
    ({ batch, length } = sequences);
    rows = padded(length);
    allRows = batch * rows;
    floats().set(sequences.tokens, inBatch(tokensAt) / 4);
    const stream = inBatch(streamAt);
    const change = inBatch(changeAt);
    code.embed(
      ...([inBatch(tokensAt), memory.weights(vectors), memory.weights(positions), stream] as const),
      ...([batch, length, rows, width] as const),
    );
    for (const [i, { inward, outward, up, down }] of blocks.entries()) {
      const at = places[i]!;
      code.normalise(stream, inBatch(at.seenNormalAt), inBatch(at.seenScalesAt), allRows, width);
      product(inward, at.seenNormalAt, at.seenAt);
      code.attention(
        ...([inBatch(at.seenAt), inBatch(at.sharesAt), inBatch(at.mixedAt), inBatch(roomAt)] as const),
        ...([batch, length, rows, heads, size, causal] as const),
      );
      product(outward, at.mixedAt, changeAt);
      code.add(change, stream, allRows * width);
      code.normalise(stream, inBatch(at.readNormalAt), inBatch(at.readScalesAt), allRows, width);
      product(up, at.readNormalAt, at.hiddenAt);
      code.relu(inBatch(at.hiddenAt), allRows * hidden);
      product(down, at.hiddenAt, changeAt);
      code.add(change, stream, allRows * width);
    }
    code.normalise(stream, inBatch(normalAt), inBatch(scalesAt), allRows, width);
    product(last, normalAt, outputsAt);
    const gradient = inBatch(outputGradientAt) / 4;
    floats().fill(0, gradient, gradient + allRows * last.paddedOutputs);
    memory.stage = 'forward';
  }

  /** Computes the gradient of all parameters from that of the outputs, which lies in memory. */
  function goBack(): void {
    const gradient = inBatch(streamGradientAt);
    const change = inBatch(changeAt);
    floats().fill(0, gradient / 4, gradient / 4 + allRows * width);
    productGradient(last, normalAt, outputGradientAt, changeAt);
    code.normaliseGradient(inBatch(normalAt), inBatch(scalesAt), change, gradient, allRows, width);
    for (let i = depth - 1; i >= 0; i--) {
      const { inward, outward, up, down } = blocks[i]!;
      const at = places[i]!;
      productGradient(down, at.hiddenAt, streamGradientAt, hiddenGradientAt);
      code.reluGradient(inBatch(at.hiddenAt), inBatch(hiddenGradientAt), allRows * hidden);
      productGradient(up, at.readNormalAt, hiddenGradientAt, changeAt);
      code.normaliseGradient(inBatch(at.readNormalAt), inBatch(at.readScalesAt), change, gradient, allRows, width);
      productGradient(outward, at.mixedAt, streamGradientAt, changeAt);
      code.attentionGradient(
        ...([inBatch(at.seenAt), inBatch(at.sharesAt), change, inBatch(seenGradientAt), inBatch(roomAt)] as const),
        ...([batch, rows, heads, size, causal] as const),
      );
      productGradient(inward, at.seenNormalAt, seenGradientAt, changeAt);
      code.normaliseGradient(inBatch(at.seenNormalAt), inBatch(at.seenScalesAt), change, gradient, allRows, width);
    }
    for (const layer of [vectors, positions]) {
      const at = memory.weightsGradient(layer) / 4;
      floats().fill(0, at, at + layer.paddedInputs * layer.paddedOutputs);
    }
    const [ofVectors, ofPositions] = [memory.weightsGradient(vectors), memory.weightsGradient(positions)];
    code.embedGradient(inBatch(tokensAt), ofVectors, ofPositions, gradient, batch, length, rows, width);
    memory.stage = 'backward';
  }

  /** All rows at one place times a layer's weights. Places are in floats for each row. */
  function product(layer: Layer, from: number, to: number): void {
    code.multiply(
      ...([inBatch(from), 4 * layer.paddedInputs, 4, memory.weights(layer), inBatch(to)] as const),
      ...([allRows, layer.paddedOutputs, layer.inputs, 0] as const),
    );
  }

  /** From the gradient of a product to those of the weights and of what went in. */
  function productGradient(layer: Layer, from: number, gradientAt: number, to: number): void {
    code.multiply(
      ...([inBatch(from), 4, 4 * layer.paddedInputs, inBatch(gradientAt), memory.weightsGradient(layer)] as const),
      ...([layer.paddedInputs, layer.paddedOutputs, allRows, 0] as const),
    );
    code.transpose(memory.weights(layer), memory.transposedAt, layer.paddedInputs, layer.paddedOutputs);
    code.multiply(
      ...([inBatch(gradientAt), 4 * layer.paddedOutputs, 4, memory.transposedAt, inBatch(to)] as const),
      ...([allRows, layer.paddedInputs, layer.paddedOutputs, 0] as const),
    );
  }

  /** Address of a sequence's rows in the outputs, or in their gradient. */
  function ofSequence(sequence: number, floatsPerRow: number): number {
    return inBatch(floatsPerRow) + 4 * sequence * rows * last.paddedOutputs;
  }

  function expectTokens(caller: string, sequences: TokenSequences): void {
    const name = `transformerNetwork.${caller}`;
    expectWhole(name, { batch: sequences.batch, length: sequences.length });
    if (sequences.length > longest) {
      throw new RangeError(
        `${name}: the length is ${sequences.length}, but the network has ${longest} positions; make it with a greater length, or cut the sequences.`,
      );
    }
    const given = sequences.tokens;
    const wanted = sequences.batch * sequences.length;
    memory.expect(caller, 'tokens', given.length, wanted, shapeOf(sequences));
    for (let i = 0; i < given.length; i++) {
      const token = given[i]!;
      if (!(Number.isInteger(token) && token >= 0 && token < tokens)) {
        throw new RangeError(`${name}: tokens[${i}] is ${token}; tokens are whole numbers from 0 to ${tokens - 1}.`);
      }
    }
  }
}

function shapeOf({ batch, length }: Pick<TokenSequences, 'batch' | 'length'>, columns?: number): string {
  return `${batch} sequences of ${length}${columns === undefined ? '' : ` rows of ${columns}`}`;
}
