import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { adam, createRng, transformerNetwork } from 'marginalia';
import type { NetworkLoss, TokenSequences, TransformerNetwork, TransformerNetworkOptions } from 'marginalia';
import { floats } from '../../../src/runtime/sdk/network-kernel.ts';
import { close } from './close.ts';
import { plainTransformerNetwork } from './plain-transformer-network.ts';

type Shape = Omit<TransformerNetworkOptions, 'optimizer'>;

const losses: readonly NetworkLoss['loss'][] = ['cross-entropy', 'squared'];
const small: Shape = { tokens: 5, width: 8, heads: 2, length: 6, layers: 2, outputs: 3, causal: true };

const rng = (name: string) => createRng('transformer-network', 0).split(name);
const normals = (name: string, count: number) => {
  const source = rng(name);
  return Float32Array.from({ length: count }, () => source.normal());
};

function make(shape: Shape, optimizer: TransformerNetworkOptions['optimizer'] = { type: 'sgd', rate: 0.1 }) {
  return transformerNetwork(rng('net'), { ...shape, optimizer });
}

function sequencesOf({ tokens }: Shape, batch: number, length: number): TokenSequences & { tokens: Int32Array } {
  const source = rng('tokens');
  return { tokens: Int32Array.from({ length: batch * length }, () => source.int(0, tokens)), batch, length };
}

function problem(shape: Shape, batch: number, length: number, loss: NetworkLoss['loss']) {
  const targets = normals('targets', batch * length * shape.outputs);
  return {
    sequences: sequencesOf(shape, batch, length),
    loss: { loss, targets: loss === 'squared' ? targets : targets.map(Math.abs) },
  };
}

/** The slope of `f` in each of the numbers. */
function differences(numbers: Float64Array, f: () => number): Float64Array {
  return Float64Array.from(numbers, (value, i) => {
    const at = (shifted: number) => {
      numbers[i] = shifted;
      return f();
    };
    const slope = (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
    numbers[i] = value;
    return slope;
  });
}

describe('a transformer network', () => {
  it('computes what simple loops do, at any size', () => {
    const count = (max: number, min = 1) => fc.integer({ min, max });
    const shapes = fc
      .record({
        ...{
          tokens: count(9),
          heads: count(3),
          parts: count(3),
          length: count(9),
          layers: count(3),
          outputs: count(9, 2),
        },
        ...{ causal: fc.boolean(), batch: count(4), shorter: fc.nat(3), loss: fc.constantFrom(...losses) },
      })
      .map(({ parts, ...rest }) => ({ ...rest, width: 4 * rest.heads * parts }));
    fc.assert(
      fc.property(shapes, ({ batch, shorter, loss, ...shape }) => {
        const network = make(shape);
        const given = problem(shape, batch, Math.max(1, shape.length - shorter), loss);
        const plain = plainTransformerNetwork(shape, network.readParameters());
        close(network.forward(given.sequences), plain.outputs(given.sequences));
        const wanted = plain.loss(given.sequences, given.loss);
        close([network.train(given.sequences, given.loss)], [wanted]);
        network.dispose();
      }),
      { numRuns: 60 },
    );
  });

  for (const causal of [true, false]) {
    for (const loss of losses) {
      const heard = causal ? 'what came before' : 'all positions';
      it(`has the gradient of ${loss} through attention to ${heard} that finite differences give`, () => {
        const shape = { ...small, causal, layers: causal ? 2 : 1 };
        const network = make(shape);
        const given = problem(shape, 2, 5, loss);
        const plain = plainTransformerNetwork(shape, network.readParameters());
        const slopes = differences(plain.parameters, () => plain.loss(given.sequences, given.loss));
        network.train(given.sequences, given.loss);
        close(network.gradient(), slopes, 2e-5);
      });
    }
  }

  it('has the gradient of finite differences where heads are wide and sequences as long as they may be', () => {
    const shape = { tokens: 3, width: 12, heads: 1, length: 9, layers: 1, outputs: 2, causal: true };
    const network = make(shape);
    const given = problem(shape, 1, 9, 'squared');
    const plain = plainTransformerNetwork(shape, network.readParameters());
    const slopes = differences(plain.parameters, () => plain.loss(given.sequences, given.loss));
    network.train(given.sequences, given.loss);
    close(network.gradient(), slopes, 2e-5);
  });

  it('trains as Adam does with the gradients of finite differences', () => {
    const optimizer = { type: 'adam', rate: 0.01, epsilon: 1e-3 } as const;
    const shape = { ...small, layers: 1 };
    const network = make(shape, optimizer);
    const given = problem(shape, 2, 4, 'cross-entropy');
    const plain = plainTransformerNetwork(shape, network.readParameters());
    const step = adam(network.parameterCount, optimizer);
    for (let i = 0; i < 5; i++) {
      const slopes = differences(plain.parameters, () => plain.loss(given.sequences, given.loss));
      close([network.train(given.sequences, given.loss)], [plain.loss(given.sequences, given.loss)], 1e-4);
      step(plain.parameters, slopes);
    }
    close(network.readParameters(), plain.parameters, 1e-4);
  });

  it('takes the step that train takes where the loss is one’s own', () => {
    const optimizer = { type: 'adam', rate: 0.01 } as const;
    const [own, built] = [make(small, optimizer), make(small, optimizer)];
    const { sequences, loss } = problem(small, 3, 5, 'squared');
    for (let i = 0; i < 5; i++) {
      const outputs = own.forward(sequences);
      own.backward(outputs.map((output, j) => (2 * (output - loss.targets[j]!)) / outputs.length));
      own.step();
      built.train(sequences, loss);
    }
    close(own.readParameters(), built.readParameters(), 1e-5);
  });

  it('lets no later token change what comes out before it, where it is causal', () => {
    const { sequences } = problem(small, 2, 6, 'squared');
    for (const causal of [true, false]) {
      const network = make({ ...small, causal });
      const before = network.forward(sequences);
      for (let changed = 0; changed < 6; changed++) {
        const tokens = sequences.tokens.slice();
        tokens[changed] = (tokens[changed]! + 1) % small.tokens;
        const after = network.forward({ ...sequences, tokens });
        const moved = Array.from({ length: 12 }, (_, row) =>
          [0, 1, 2].some((i) => before[3 * row + i] !== after[3 * row + i]),
        );
        const wanted = moved.map((_, row) => row < 6 && (!causal || row >= changed));
        assert.deepEqual(moved, wanted);
      }
    }
  });

  it('computes the same in a batch as alone, and of a beginning as of the whole', () => {
    const network = make(small);
    const { tokens } = sequencesOf(small, 7, 6);
    const whole = network.forward({ tokens, batch: 7, length: 6 });
    for (const i of [0, 3, 6]) {
      const alone = network.forward({ tokens: tokens.subarray(6 * i, 6 * i + 6), batch: 1, length: 6 });
      assert.deepEqual(alone, whole.slice(18 * i, 18 * i + 18));
      const beginning = network.forward({ tokens: tokens.subarray(6 * i, 6 * i + 3), batch: 1, length: 3 });
      assert.deepEqual(beginning, whole.slice(18 * i, 18 * i + 9));
    }
    assert.deepEqual(network.forward({ tokens, batch: 7, length: 6 }), whole);
  });

  it('has the same gradient after other shapes, and after numbers that became NaN', () => {
    const network = make(small, { type: 'adam', rate: 0.01 });
    const start = network.save();
    const given = problem(small, 3, 5, 'cross-entropy');
    const gradientOf = () => {
      network.restore(start);
      network.train(given.sequences, given.loss);
      return network.gradient();
    };
    const wanted = gradientOf();
    const other = problem(small, 7, 6, 'squared');
    network.train(other.sequences, other.loss);
    assert.deepEqual(gradientOf(), wanted);
    network.writeParameters(start.parameters.map(() => NaN));
    assert.ok(Number.isNaN(network.train(other.sequences, other.loss)));
    assert.ok(network.gradient().some(Number.isNaN));
    assert.deepEqual(gradientOf(), wanted);
  });

  it('is right where it needs more memory than there was', () => {
    const shape = { tokens: 40, width: 128, heads: 2, length: 50, layers: 1, outputs: 30, causal: true };
    const memory = floats().length;
    const network = make(shape);
    const sequences = sequencesOf(shape, 300, 50);
    const outputs = network.forward(sequences);
    assert.ok(floats().length > memory);
    const plain = plainTransformerNetwork(shape, network.readParameters());
    const last = { tokens: sequences.tokens.subarray(299 * 50), batch: 1, length: 50 };
    close(outputs.subarray(299 * 50 * 30), plain.outputs(last));
    network.dispose();
  });

  it('goes on from a saved state with the same numbers', () => {
    const given = problem(small, 3, 5, 'squared');
    const network = make(small, { type: 'adam', rate: 0.01 });
    const train = (trained: TransformerNetwork) =>
      Array.from({ length: 10 }, () => trained.train(given.sequences, given.loss));
    train(network);
    const state = structuredClone(network.save());
    const later = train(network);
    const other = make(small, { type: 'adam', rate: 0.01 });
    other.restore(state);
    assert.deepEqual(train(other), later);
    assert.deepEqual(other.save(), network.save());
  });

  it('learns to tell the token some positions before, which only attention can', () => {
    const [tokens, length, batch, delay] = [6, 12, 16, 3];
    const network = transformerNetwork(rng('learner'), {
      ...{ tokens, width: 32, heads: 2, length, layers: 1, outputs: tokens, causal: true },
      optimizer: { type: 'adam', rate: 0.003 },
    });
    const source = rng('copies');
    const examples = () => {
      const given = Int32Array.from({ length: batch * length }, () => source.int(0, tokens));
      const targets = new Float32Array(batch * length * tokens);
      given.forEach((_, i) => {
        if (i % length >= delay) targets[i * tokens + given[i - delay]!] = 1;
      });
      return { sequences: { tokens: given, batch, length }, targets };
    };
    for (let step = 0; step < 300; step++) {
      const { sequences, targets } = examples();
      network.train(sequences, { loss: 'cross-entropy', targets });
    }
    const { sequences, targets } = examples();
    const outputs = network.forward(sequences);
    let wrong = 0;
    for (let from = 0; from < outputs.length; from += tokens) {
      const wanted = targets.subarray(from, from + tokens).indexOf(1);
      const row = outputs.subarray(from, from + tokens);
      if (wanted >= 0 && row.indexOf(Math.max(...row)) !== wanted) wrong++;
    }
    assert.equal(wrong, 0);
  });

  it('begins with vectors and weights of the sizes that it says', () => {
    const shape = { tokens: 100, width: 64, heads: 4, length: 80, layers: 3, outputs: 90, causal: true };
    const parameters = make(shape).readParameters();
    let from = 0;
    const expectVariance = (count: number, wanted: number) => {
      const part = parameters.subarray(from, (from += count));
      const found = part.reduce((total, value) => total + value * value, 0) / count;
      assert.ok(Math.abs(found / wanted - 1) < 0.1, `${found}, not ${wanted}`);
    };
    expectVariance(100 * 64, 1);
    expectVariance(80 * 64, 1);
    for (let layer = 0; layer < 3; layer++) {
      expectVariance(64 * 192, 1 / 64);
      expectVariance(64 * 64, 1 / 64 / 6);
      expectVariance(64 * 256, 2 / 64);
      expectVariance(256 * 64, 1 / 256 / 6);
    }
    expectVariance(64 * 90, 1 / 64);
    assert.equal(from, parameters.length);
  });

  it('gives its memory back', () => {
    const round = () => {
      const network = make({ ...small, layers: 1, width: 32 });
      network.forward(sequencesOf(small, 50, 6));
      network.dispose();
      assert.throws(
        () => network.forward(sequencesOf(small, 1, 1)),
        /transformerNetwork\.forward: this network has been disposed of/,
      );
    };
    round();
    const memory = floats().length;
    for (let i = 0; i < 25; i++) round();
    assert.equal(floats().length, memory);
  });

  it('says what is wrong with what it is given', () => {
    const making = (changes: object) => () => make({ ...small, ...changes });
    assert.throws(
      making({ width: 12 }),
      /the width is 12 for 2 heads; it must be a multiple of 8, four times the heads/,
    );
    assert.throws(making({ tokens: 0 }), /transformerNetwork: the tokens is 0; it must be a whole number from 1 up/);
    assert.throws(making({ layers: 1.5 }), /the layers is 1.5/);
    assert.throws(() => make(small, { type: 'sgd', rate: -1 }), /transformerNetwork: the rate is -1/);
    const network = make(small);
    const given = { tokens: [0, 1, 2, 3], batch: 2, length: 2 };
    const gradient = new Float32Array(2 * 2 * 3);
    assert.throws(() => network.backward([]), /transformerNetwork\.backward: call forward first/);
    assert.throws(() => network.forward({ ...given, batch: 0 }), /the batch is 0; it must be a whole number/);
    assert.throws(
      () => network.forward({ ...given, batch: 1, length: 7 }),
      /forward: the length is 7, but the network has 6 positions; make it with a greater length/,
    );
    assert.throws(
      () => network.forward({ ...given, length: 3 }),
      /there are 4 tokens, but it needs 6: 2 sequences of 3/,
    );
    for (const token of [5, -1, 0.5, NaN]) {
      assert.throws(
        () => network.forward({ ...given, tokens: [0, 1, token, 3] }),
        new RegExp(`tokens\\[2\\] is ${token}; tokens are whole numbers from 0 to 4`),
      );
    }
    assert.throws(
      () => network.train(given, { loss: 'squared', targets: [1] }),
      /there are 1 targets, but it needs 12: 2 sequences of 2 rows of 3/,
    );
    assert.throws(
      () => network.train(given, { loss: 'hinge' as 'squared', targets: gradient }),
      /no loss 'hinge'; take 'cross-entropy' or 'squared'/,
    );
    network.forward(given);
    assert.throws(
      () => network.forward({ tokens: new Int32Array(2_000_000), batch: 500_000, length: 4 }),
      /transformerNetwork: there is no memory for another \d+ MB/,
    );
    assert.throws(() => network.backward([0]), /there are 1 numbers in the gradient, but it needs 12/);
    assert.throws(() => network.step(), /step: call forward and backward first/);
    network.backward(gradient);
    network.step();
    assert.throws(() => network.backward(gradient), /the parameters have changed/);
  });
});
