import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { adam, createRng, recurrentNetwork, type TensorFlow } from 'marginalia';
import type { NetworkLoss, RecurrentNetwork, RecurrentNetworkOptions, Sequences } from 'marginalia';
import { floats } from '../../../src/runtime/sdk/network-kernel.ts';
import { close } from './close.ts';
import { plainRecurrentNetwork } from './plain-recurrent-network.ts';
import { tensorFlow } from './tensorflow.ts';

type Sizes = RecurrentNetworkOptions['sizes'];
type Cell = RecurrentNetworkOptions['cell'];

const cells: readonly Cell[] = ['tanh', 'lstm'];
const losses: readonly NetworkLoss['loss'][] = ['cross-entropy', 'squared'];

const rng = (name: string) => createRng('recurrent-network', 0).split(name);
const normals = (name: string, count: number) => {
  const source = rng(name);
  return Float32Array.from({ length: count }, () => source.normal());
};

function make(sizes: Sizes, cell: Cell, optimizer: RecurrentNetworkOptions['optimizer'] = { type: 'sgd', rate: 0.1 }) {
  const network = recurrentNetwork(rng('net'), { sizes, cell, optimizer });
  // Biases begin at 0, where a mistake with them would not show.
  const shift = normals('shift', network.parameterCount);
  network.writeParameters(network.readParameters().map((value, i) => value + 0.1 * shift[i]!));
  return network;
}

const heldBy = (cell: Cell, units: number) => (cell === 'lstm' ? 2 * units : units);

function problem(
  [inputs, units, outputs]: Sizes,
  cell: Cell,
  batch: number,
  length: number,
  loss: NetworkLoss['loss'],
) {
  const targets = normals('targets', length * batch * outputs);
  return {
    sequences: {
      inputs: normals('inputs', length * batch * inputs),
      state: normals('state', batch * heldBy(cell, units)),
      ...{ batch, length },
    },
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

describe('a recurrent network', () => {
  for (const cell of cells) {
    describe(`of ${cell} cells`, () => {
      it('computes what simple loops do, and the gradient that finite differences give, at any size', () => {
        const size = fc.integer({ min: 1, max: 6 });
        const shapes = fc.record({
          sizes: fc.tuple(size, size, fc.integer({ min: 2, max: 6 })),
          batch: fc.integer({ min: 1, max: 6 }),
          length: fc.integer({ min: 1, max: 5 }),
          loss: fc.constantFrom(...losses),
        });
        fc.assert(
          fc.property(shapes, ({ sizes, batch, length, loss }) => {
            const network = make(sizes, cell);
            const given = problem(sizes, cell, batch, length, loss);
            const plain = plainRecurrentNetwork(sizes, cell, network.readParameters());
            const wanted = plain.run(given.sequences);
            close(network.forward(given.sequences), wanted.outputs);
            close(network.state(), wanted.state);
            const slopes = differences(plain.parameters, () => plain.loss(given.sequences, given.loss));
            close([network.train(given.sequences, given.loss)], [plain.loss(given.sequences, given.loss)]);
            close(network.gradient(), slopes, 2e-5);
            network.dispose();
          }),
          { numRuns: 30 },
        );
      });

      it('trains as Adam does with the gradients of finite differences', () => {
        const sizes: Sizes = [2, 5, 2];
        const optimizer = { type: 'adam', rate: 0.02, epsilon: 1e-3 } as const;
        const network = make(sizes, cell, optimizer);
        const given = problem(sizes, cell, 3, 6, 'squared');
        const plain = plainRecurrentNetwork(sizes, cell, network.readParameters());
        const step = adam(network.parameterCount, optimizer);
        for (let i = 0; i < 8; i++) {
          const slopes = differences(plain.parameters, () => plain.loss(given.sequences, given.loss));
          close([network.train(given.sequences, given.loss)], [plain.loss(given.sequences, given.loss)], 1e-4);
          step(plain.parameters, slopes);
        }
        close(network.readParameters(), plain.parameters, 1e-4);
      });

      it('goes on from a state as if the sequences had not been parted', () => {
        const sizes: Sizes = [2, 5, 3];
        const network = make(sizes, cell);
        const { sequences } = problem(sizes, cell, 3, 8, 'squared');
        const whole = network.forward(sequences);
        const atEnd = network.state();
        const first = network.forward({ ...sequences, inputs: sequences.inputs.subarray(0, 3 * 3 * 2), length: 3 });
        const state = network.state();
        const second = network.forward({ inputs: sequences.inputs.subarray(3 * 3 * 2), batch: 3, length: 5, state });
        assert.deepEqual(Float32Array.of(...first, ...second), whole);
        assert.deepEqual(network.state(), atEnd);
      });

      it('computes the same in a batch as alone, after larger and smaller batches', () => {
        const sizes: Sizes = [3, 7, 2];
        const network = make(sizes, cell);
        const inputs = normals('rows', 4 * 9 * 3);
        const whole = network.forward({ inputs, batch: 9, length: 4 });
        for (const row of [0, 5, 8]) {
          const own = [0, 1, 2, 3].flatMap((time) => [
            ...inputs.subarray((time * 9 + row) * 3, (time * 9 + row + 1) * 3),
          ]);
          const wanted = [0, 1, 2, 3].flatMap((time) => [
            ...whole.subarray((time * 9 + row) * 2, (time * 9 + row + 1) * 2),
          ]);
          assert.deepEqual([...network.forward({ inputs: own, batch: 1, length: 4 })], wanted);
        }
        assert.deepEqual(network.forward({ inputs, batch: 9, length: 4 }), whole);
      });

      it('has the same gradient after other shapes, and after numbers that became NaN', () => {
        const sizes: Sizes = [3, 5, 2];
        const network = make(sizes, cell, { type: 'adam', rate: 0.01 });
        const start = network.save();
        const given = problem(sizes, cell, 3, 4, 'cross-entropy');
        const gradientOf = () => {
          network.restore(start);
          network.train(given.sequences, given.loss);
          return network.gradient();
        };
        const wanted = gradientOf();
        const other = problem(sizes, cell, 7, 6, 'squared');
        network.train(other.sequences, other.loss);
        assert.deepEqual(gradientOf(), wanted);
        const inputs = new Float32Array(7 * 6 * 3).fill(NaN);
        assert.ok(Number.isNaN(network.train({ ...other.sequences, inputs }, other.loss)));
        assert.ok(network.readParameters().every(Number.isNaN));
        assert.deepEqual(gradientOf(), wanted);
      });

      it('takes the step that train takes where the loss is one’s own, and tells the gradient of its inputs', () => {
        const sizes: Sizes = [3, 6, 2];
        const optimizer = { type: 'adam', rate: 0.01 } as const;
        const [own, built] = [make(sizes, cell, optimizer), make(sizes, cell, optimizer)];
        const given = problem(sizes, cell, 5, 4, 'squared');
        const { targets } = given.loss;
        for (let i = 0; i < 5; i++) {
          own.backward(own.forward(given.sequences).map((output, j) => (2 * (output - targets[j]!)) / targets.length));
          const plain = plainRecurrentNetwork(sizes, cell, own.readParameters());
          const inputs = Float64Array.from(given.sequences.inputs);
          const slopes = differences(inputs, () => plain.loss({ ...given.sequences, inputs }, given.loss));
          close(own.inputGradient(), slopes, 2e-5);
          own.step();
          built.train(given.sequences, given.loss);
        }
        close(own.readParameters(), built.readParameters(), 1e-5);
      });

      it('goes on from a saved state with the same numbers', () => {
        const sizes: Sizes = [2, 4, 2];
        const given = problem(sizes, cell, 3, 5, 'squared');
        const network = make(sizes, cell, { type: 'adam', rate: 0.01 });
        const train = (trained: RecurrentNetwork) =>
          Array.from({ length: 10 }, () => trained.train(given.sequences, given.loss));
        train(network);
        const state = structuredClone(network.save());
        const later = train(network);
        const other = make(sizes, cell, { type: 'adam', rate: 0.01 });
        other.restore(state);
        assert.deepEqual(train(other), later);
      });

      it('learns to tell what it saw some times before', () => {
        const [length, batch, delay] = [12, 32, 4];
        const network = recurrentNetwork(rng('learner'), {
          sizes: [1, 16, 2],
          cell,
          optimizer: { type: 'adam', rate: 0.01 },
        });
        const data = rng('bits');
        const bits = (): Sequences & { targets: Float32Array } => {
          const inputs = Float32Array.from({ length: length * batch }, () => data.choice([-1, 1]));
          const targets = new Float32Array(2 * length * batch);
          for (let i = delay * batch; i < inputs.length; i++)
            targets[2 * i + (inputs[i - delay * batch]! > 0 ? 1 : 0)] = 1;
          return { inputs, batch, length, targets };
        };
        for (let step = 0; step < 1200; step++) {
          const { targets, ...sequences } = bits();
          network.train(sequences, { loss: 'cross-entropy', targets });
        }
        const { targets, ...sequences } = bits();
        const outputs = network.forward(sequences);
        let wrong = 0;
        for (let i = delay * batch; i < length * batch; i++) {
          if (outputs[2 * i + 1]! > outputs[2 * i]! !== targets[2 * i + 1]! > 0) wrong++;
        }
        assert.equal(wrong, 0);
      });
    });
  }

  it('remembers at first: the biases of the forget gate are 1, all others 0', () => {
    const [inputs, units, outputs] = [2, 3, 1];
    const network = recurrentNetwork(rng('first'), {
      sizes: [inputs, units, outputs],
      cell: 'lstm',
      optimizer: { type: 'sgd', rate: 1 },
    });
    const parameters = [...network.readParameters()];
    const biases = (inputs + units) * 4 * units;
    assert.deepEqual(parameters.slice(biases, biases + 4 * units), [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    assert.ok(parameters.slice(0, biases).every((value) => value !== 0));
    assert.equal(parameters.at(-1), 0);
  });

  it('gives its memory back', () => {
    const round = () => {
      const network = recurrentNetwork(rng('memory'), {
        sizes: [20, 20, 20],
        cell: 'lstm',
        optimizer: { type: 'sgd', rate: 1 },
      });
      network.forward({ inputs: new Float32Array(20 * 1000), batch: 10, length: 100 });
      network.dispose();
      assert.throws(() => network.state(), /recurrentNetwork\.state: this network has been disposed of/);
    };
    round();
    const memory = floats().length;
    for (let i = 0; i < 50; i++) round();
    assert.equal(floats().length, memory);
  });

  it('says what is wrong with what it is given', () => {
    const options = { sizes: [2, 2, 2], cell: 'tanh', optimizer: { type: 'sgd', rate: 1 } } as const;
    const making = (changes: object) => () => recurrentNetwork(rng('wrong'), { ...options, ...changes });
    assert.throws(making({ sizes: [2, 2] }), /sizes are \[2, 2\]; give inputs, units and outputs/);
    assert.throws(making({ sizes: [2, 0, 2] }), RangeError);
    assert.throws(making({ cell: 'gru' }), /there is no cell 'gru'; take 'tanh' or 'lstm'/);
    assert.throws(making({ optimizer: { type: 'sgd', rate: -1 } }), /recurrentNetwork: the rate is -1/);
    const network = make([2, 3, 1], 'lstm');
    const sequences = { inputs: [1, 2, 3, 4], batch: 1, length: 2 };
    assert.throws(() => network.state(), /state: call forward or train first/);
    assert.throws(() => network.backward([0, 0]), /backward: call forward first/);
    assert.throws(() => network.forward({ ...sequences, length: 0 }), /the length is 0; it must be a whole number/);
    assert.throws(
      () => network.forward({ ...sequences, batch: 2 }),
      /there are 4 inputs, but it needs 8: 2 times of 2 rows of 2/,
    );
    assert.throws(
      () => network.forward({ ...sequences, state: [0, 0, 0] }),
      /there are 3 numbers in the state, but it needs 6/,
    );
    assert.throws(
      () => network.train(sequences, { loss: 'squared', targets: [1] }),
      /there are 1 targets, but it needs 2/,
    );
    network.forward(sequences);
    assert.throws(() => network.backward([0]), /there are 1 numbers in the gradient, but it needs 2/);
    assert.throws(() => network.inputGradient(), /inputGradient: call forward and backward first/);
  });

  describe('beside TensorFlow.js', () => {
    let tf: TensorFlow;
    before(async () => {
      tf = await tensorFlow('cpu');
    });
    after(() => tensorFlow());

    it('has the long short-term memory of basicLSTMCell', () => {
      const [inputs, units, batch, length] = [3, 4, 2, 5];
      const network = make([inputs, units, units], 'lstm');
      const { sequences } = problem([inputs, units, units], 'lstm', batch, length, 'squared');
      network.forward(sequences);
      const parameters = network.readParameters();
      // Theirs has the gates in another order: input, candidate, forget, output.
      const theirs = (from: number, rows: number) =>
        Array.from({ length: rows }, (_, row) =>
          [0, 3, 1, 2]
            .map((gate) => [...parameters.subarray(from + (row * 4 + gate) * units).subarray(0, units)])
            .flat(),
        );
      const held = tf.tidy(() => {
        const kernel = tf.tensor2d(theirs(0, inputs + units));
        const bias = tf.tensor1d(theirs((inputs + units) * 4 * units, 1)[0]!);
        const state = tf.tensor2d(sequences.state, [batch, 2 * units]);
        let [hidden, cell] = [0, 1].map((i) => tf.slice2d(state, [0, i * units], [batch, units])) as [
          ReturnType<typeof tf.tensor2d>,
          ReturnType<typeof tf.tensor2d>,
        ];
        for (let time = 0; time < length; time++) {
          const seen = sequences.inputs.subarray(time * batch * inputs, (time + 1) * batch * inputs);
          [cell, hidden] = tf.basicLSTMCell(
            tf.scalar(0),
            kernel,
            bias,
            tf.tensor2d(seen, [batch, inputs]),
            cell,
            hidden,
          );
        }
        return tf.concat([hidden, cell], 1).dataSync();
      });
      close(network.state(), held);
    });
  });
});
