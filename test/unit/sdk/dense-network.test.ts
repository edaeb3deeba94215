import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { adam, createRng, denseNetwork, mlp, softmaxCrossEntropy, type TensorFlow } from 'marginalia';
import type { NetworkLoss, DenseNetwork, DenseNetworkOptions, NetworkOptimizer, Tensor2D } from 'marginalia';
import { floats } from '../../../src/runtime/sdk/network-kernel.ts';
import { close } from './close.ts';
import { plainNetwork } from './plain-network.ts';
import { tensorFlow } from './tensorflow.ts';

type Activation = DenseNetworkOptions['activation'];

const activations: readonly Activation[] = ['relu', 'tanh', 'linear'];
const losses: readonly NetworkLoss['loss'][] = ['cross-entropy', 'squared'];
const optimizers: readonly NetworkOptimizer[] = [
  { type: 'adam', rate: 0.01, momentum: 0.8, scale: 0.99, epsilon: 1e-3 },
  { type: 'sgd', rate: 0.05 },
  { type: 'sgd', rate: 0.02, momentum: 0.9 },
];

const rng = (name: string) => createRng('dense-network', 0).split(name);
const normals = (name: string, count: number) => {
  const source = rng(name);
  return Float32Array.from({ length: count }, () => source.normal());
};

function make(options: Partial<DenseNetworkOptions> & Pick<DenseNetworkOptions, 'sizes'>, name = 'net'): DenseNetwork {
  const network = denseNetwork(rng(name), {
    activation: 'tanh',
    optimizer: { type: 'sgd', rate: 0.1 },
    ...options,
  });
  // Biases begin at 0, where a mistake with them would not show.
  const shift = normals('shift', network.parameterCount);
  network.writeParameters(network.readParameters().map((value, i) => value + 0.1 * shift[i]!));
  return network;
}

function problem(sizes: readonly number[], batch: number, loss: NetworkLoss['loss']) {
  const inputs = normals('inputs', batch * sizes[0]!);
  const targets = normals('targets', batch * sizes.at(-1)!);
  return { inputs, loss: { loss, targets: loss === 'squared' ? targets : targets.map(Math.abs) } };
}

function plainStep(
  optimizer: NetworkOptimizer,
  size: number,
): (parameters: Float64Array, gradient: Float64Array) => void {
  if (optimizer.type === 'adam') return adam(size, optimizer);
  const velocity = new Float64Array(size);
  return (parameters, gradient) =>
    gradient.forEach((g, i) => {
      const speed = (optimizer.momentum ?? 0) * velocity[i]! + g;
      velocity[i] = speed;
      parameters[i]! -= optimizer.rate * speed;
    });
}

describe('a dense network', () => {
  for (const activation of activations) {
    for (const loss of losses) {
      it(`has the gradient of ${loss} through ${activation} that finite differences give`, () => {
        const [sizes, batch] = [[3, 6, 5, 4], 7];
        const network = make({ sizes, activation });
        const given = problem(sizes, batch, loss);
        const start = network.readParameters();
        network.train(given.inputs, batch, given.loss);
        const plain = plainNetwork(sizes, activation, start);
        const differences = plain.parameters.map((value, i) => {
          const at = (shifted: number) => {
            plain.parameters[i] = shifted;
            return plain.loss(given.inputs, batch, given.loss);
          };
          const difference = (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
          plain.parameters[i] = value;
          return difference;
        });
        close(network.gradient(), differences);
      });

      for (const optimizer of optimizers) {
        const momentum = optimizer.momentum === undefined ? '' : ' with momentum';
        it(`trains on ${loss} with ${activation} and ${optimizer.type}${momentum} as simple loops do`, () => {
          const [sizes, batch] = [[5, 9, 8, 3], 10];
          const network = make({ sizes, activation, optimizer });
          const given = problem(sizes, batch, loss);
          const plain = plainNetwork(sizes, activation, network.readParameters());
          const step = plainStep(optimizer, network.parameterCount);
          for (let i = 0; i < 50; i++) {
            const wanted = plain.loss(given.inputs, batch, given.loss);
            step(plain.parameters, plain.gradient(given.inputs, batch, given.loss));
            close([network.train(given.inputs, batch, given.loss)], [wanted]);
          }
          close(network.readParameters(), plain.parameters);
          close(network.forward(given.inputs, batch), plain.outputs(given.inputs, batch));
        });
      }
    }
  }

  it('computes what simple loops do at any size', () => {
    const size = fc.integer({ min: 1, max: 21 });
    const shapes = fc.record({
      sizes: fc.array(size, { minLength: 2, maxLength: 5 }),
      batch: fc.integer({ min: 1, max: 33 }),
      activation: fc.constantFrom(...activations),
      loss: fc.constantFrom(...losses),
    });
    fc.assert(
      fc.property(shapes, ({ sizes, batch, activation, loss }) => {
        const network = make({ sizes, activation });
        const given = problem(sizes, batch, loss);
        const plain = plainNetwork(sizes, activation, network.readParameters());
        close(network.forward(given.inputs, batch), plain.outputs(given.inputs, batch));
        const wanted = plain.gradient(given.inputs, batch, given.loss);
        const value = plain.loss(given.inputs, batch, given.loss);
        close([network.train(given.inputs, batch, given.loss)], [value]);
        close(network.gradient(), wanted);
        network.dispose();
      }),
      { numRuns: 150 },
    );
  });

  it('computes the same in a batch as alone, after larger and smaller batches', () => {
    const network = make({ sizes: [7, 5, 3] });
    const inputs = normals('rows', 31 * 7);
    const whole = network.forward(inputs, 31);
    for (const row of [0, 17, 30]) {
      const alone = network.forward(inputs.subarray(row * 7, (row + 1) * 7), 1);
      assert.deepEqual(alone, whole.slice(row * 3, (row + 1) * 3));
    }
    assert.deepEqual(network.forward(inputs, 31), whole);
  });

  it('computes the same in a batch as alone where matrices are cut into blocks', () => {
    const sizes = [601, 45, 9];
    const network = make({ sizes, activation: 'relu' });
    const given = problem(sizes, 301, 'squared');
    const whole = network.forward(given.inputs, 301);
    close(whole, plainNetwork(sizes, 'relu', network.readParameters()).outputs(given.inputs, 301));
    for (const row of [0, 129, 300]) {
      const alone = network.forward(given.inputs.slice(row * 601, (row + 1) * 601), 1);
      assert.deepEqual(alone, whole.slice(row * 9, (row + 1) * 9));
    }
    network.dispose();
  });

  it('is right where it needs more memory than there was', () => {
    const [sizes, batch] = [[700, 513, 2], 18];
    const memory = floats().length;
    const small = make({ sizes: [4, 4] }, 'small');
    const before = small.readParameters();
    const network = make({ sizes, activation: 'relu' });
    const given = problem(sizes, batch, 'squared');
    const plain = plainNetwork(sizes, 'relu', network.readParameters());
    const gradient = plain.gradient(given.inputs, batch, given.loss);
    network.train(given.inputs, batch, given.loss);
    close(network.gradient(), gradient);
    assert.ok(floats().length > memory);
    assert.deepEqual(small.readParameters(), before);
    network.dispose();
  });

  it('has a tanh that is right from the smallest to the largest numbers', () => {
    const inputs = [0, 1e-30, 1e-8, 1e-3, 0.1, 0.59, 0.6, 0.61, 1, 2, 5, 8, 9, 20, 90, 1e10, Infinity];
    const both = Float32Array.from([...inputs, ...inputs.map((value) => -value)]);
    const network = denseNetwork(rng('tanh'), {
      sizes: [1, 1, 1],
      activation: 'tanh',
      optimizer: { type: 'sgd', rate: 0 },
    });
    network.writeParameters([1, 0, 1, 0]);
    const found = network.forward(both, both.length);
    both.forEach((input, i) => {
      const wanted = Math.tanh(input);
      assert.ok(Math.abs(found[i]! - wanted) <= 3e-7 * Math.abs(wanted), `tanh ${input} is not ${found[i]!}`);
    });
  });

  it('shows that numbers have become NaN', () => {
    for (const activation of activations) {
      const network = make({ sizes: [2, 3, 2], activation, optimizer: { type: 'adam', rate: 0.1 } });
      const start = network.save();
      const loss = network.train([NaN, 1], 1, { loss: 'squared', targets: [0, 0] });
      assert.ok(Number.isNaN(loss));
      assert.ok(network.readParameters().some(Number.isNaN));
      network.restore(start);
      const plain = plainNetwork([2, 3, 2], activation, start.parameters);
      close(network.forward([1, 2], 1), plain.outputs([1, 2], 1));
    }
  });

  it('takes logits of any size in its cross-entropy', () => {
    const network = make({ sizes: [1, 3], activation: 'linear' });
    network.writeParameters([0, 0, 0, 500, -500, 0]);
    const loss = network.train([1], 1, { loss: 'cross-entropy', targets: [0, 1, 0] });
    close([loss], [1000]);
    close(network.gradient().subarray(3), [1, -1, 0]);
  });

  describe('with a loss of one’s own', () => {
    const [sizes, batch] = [[3, 8, 2], 5];
    const given = problem(sizes, batch, 'squared');
    const outputGradient = (outputs: Float32Array) =>
      outputs.map((output, i) => (2 * (output - given.loss.targets[i]!)) / outputs.length);

    it('takes the step that train takes', () => {
      const optimizer = optimizers[0]!;
      const [own, built] = [make({ sizes, optimizer }), make({ sizes, optimizer })];
      for (let i = 0; i < 5; i++) {
        own.backward(outputGradient(own.forward(given.inputs, batch)));
        own.step();
        built.train(given.inputs, batch, given.loss);
      }
      close(own.readParameters(), built.readParameters(), 1e-6);
    });

    it('goes down the gradient that it is given', () => {
      const network = make({ sizes, optimizer: { type: 'sgd', rate: 0.5 } });
      const start = network.readParameters();
      const gradient = normals('given', network.parameterCount);
      network.step(gradient);
      close(
        network.readParameters(),
        start.map((value, i) => value - 0.5 * gradient[i]!),
        1e-6,
      );
    });

    it('tells the gradient of its inputs', () => {
      const network = make({ sizes });
      network.backward(outputGradient(network.forward(given.inputs, batch)));
      const plain = plainNetwork(sizes, 'tanh', network.readParameters());
      const differences = given.inputs.map((_, i) => {
        const at = (shift: number) => {
          const shifted = Float64Array.from(given.inputs, (value, j) => (i === j ? value + shift : value));
          return plain.loss(shifted, batch, given.loss);
        };
        return (at(1e-5) - at(-1e-5)) / 2e-5;
      });
      close(network.inputGradient(), differences);
    });

    it('refuses to go back, or to step, where nothing went before', () => {
      const network = make({ sizes });
      const gradient = new Float32Array(batch * 2);
      assert.throws(() => network.backward(gradient), /denseNetwork\.backward: call forward first/);
      network.forward(given.inputs, batch);
      assert.throws(() => network.step(), /denseNetwork\.step: call forward and backward first/);
      assert.throws(() => network.inputGradient(), /denseNetwork\.inputGradient: call forward and backward first/);
      network.backward(gradient);
      network.step();
      assert.throws(() => network.backward(gradient), /the parameters have changed/);
    });
  });

  it('goes on from a saved state with the same numbers', () => {
    for (const optimizer of optimizers) {
      const [sizes, batch] = [[3, 7, 2], 6];
      const given = problem(sizes, batch, 'cross-entropy');
      const train = (network: DenseNetwork) => network.train(given.inputs, batch, given.loss);
      const network = make({ sizes, optimizer });
      for (let i = 0; i < 20; i++) train(network);
      const state = structuredClone(network.save());
      const later = Array.from({ length: 20 }, () => train(network));
      const other = make({ sizes, optimizer }, 'other');
      train(other);
      other.restore(state);
      assert.deepEqual(
        Array.from({ length: 20 }, () => train(other)),
        later,
      );
      assert.deepEqual(other.save(), network.save());
    }
  });

  it('forgets gradients of long ago wholly, before they become subnormal numbers, which are slow', () => {
    for (const type of ['adam', 'sgd'] as const) {
      const network = make({ sizes: [2, 2], optimizer: { type, rate: 0.1, momentum: 0.9, scale: 0.9 } });
      network.step(new Float32Array(6).fill(1));
      for (let i = 0; i < 2000; i++) network.step(new Float32Array(6));
      for (const average of network.save().averages) assert.deepEqual(average, new Float32Array(6));
    }
  });

  it('takes another rate between steps', () => {
    const network = make({ sizes: [2, 2] });
    const given = problem([2, 2], 3, 'squared');
    network.rate = 0;
    const start = network.readParameters();
    network.train(given.inputs, 3, given.loss);
    assert.deepEqual(network.readParameters(), start);
    network.rate = 0.25;
    assert.equal(network.rate, 0.25);
    network.train(given.inputs, 3, given.loss);
    const gradient = network.gradient();
    close(
      network.readParameters(),
      start.map((value, i) => value - 0.25 * gradient[i]!),
      1e-6,
    );
  });

  it('is not disturbed by others that train, come and go beside it', () => {
    const sizes = [6, 10, 3];
    const given = problem(sizes, 8, 'squared');
    const alone = make({ sizes });
    const wanted = Array.from({ length: 10 }, () => alone.train(given.inputs, 8, given.loss));
    const network = make({ sizes });
    const found = wanted.map((_, i) => {
      const other = make({ sizes: [i + 1, 50 * i + 1, 2], optimizer: { type: 'adam', rate: 1 } }, `other ${i}`);
      const [inputs, batch] = [normals('others', (i + 1) * 40), 40];
      other.train(inputs, batch, { loss: 'squared', targets: normals('wanted', 80) });
      const loss = network.train(given.inputs, 8, given.loss);
      if (i % 2 === 0) other.dispose();
      return loss;
    });
    assert.deepEqual(found, wanted);
  });

  it('gives its memory back', () => {
    const round = () => {
      const network = make({ sizes: [50, 50, 50] });
      network.forward(new Float32Array(50 * 1000), 1000);
      network.dispose();
      assert.throws(() => network.forward([1], 1), /denseNetwork\.forward: this network has been disposed of/);
    };
    round();
    const memory = floats().length;
    for (let i = 0; i < 100; i++) round();
    assert.equal(floats().length, memory);
  });

  it('gives its memory back when it was forgotten', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const round = async () => {
      for (let i = 0; i < 10; i++) make({ sizes: [50, 50, 50] }).forward(new Float32Array(50 * 1000), 1000);
      collect();
      await setTimeout(10);
    };
    await round();
    const memory = floats().length;
    for (let i = 0; i < 8; i++) await round();
    assert.ok(floats().length < 4 * memory, `${floats().length} floats, after one round ${memory}`);
  });

  it('says what is wrong with what it is given', () => {
    const options = { sizes: [2, 2], activation: 'relu', optimizer: { type: 'sgd', rate: 1 } } as const;
    const making = (changes: object) => () => denseNetwork(rng('wrong'), { ...options, ...changes });
    assert.throws(making({ sizes: [3] }), /sizes are \[3\]; give the units of two layers or more/);
    assert.throws(making({ sizes: [3, 0] }), /sizes are \[3, 0\]/);
    assert.throws(making({ sizes: [3, 1.5] }), RangeError);
    assert.throws(making({ activation: 'gelu' }), /no activation 'gelu'; take 'relu', 'tanh' or 'linear'/);
    assert.throws(making({ optimizer: { type: 'sgd', rate: -1 } }), /the rate is -1/);
    assert.throws(
      making({ optimizer: { type: 'sgd', rate: 1, momentum: 1 } }),
      /momentum is 1; it must be in \[0, 1\)/,
    );
    assert.throws(making({ optimizer: { type: 'adam', rate: 1, epsilon: 0 } }), /epsilon is 0/);
    assert.throws(making({ optimizer: { type: 'lion', rate: 1 } }), /no optimizer 'lion'; take 'adam' or 'sgd'/);
    assert.throws(making({ sizes: [20_000, 20_000] }), /there is no memory for another \d+ MB/);

    const network = make({ sizes: [2, 3] });
    const targets = [0, 0, 0];
    assert.throws(() => network.forward([1, 2, 3], 2), /forward: there are 3 inputs, but it needs 4: 2 rows of 2/);
    assert.throws(() => network.forward([], 0), /the batch is 0; it must be a whole number from 1 up/);
    assert.throws(() => network.train([1, 2], 1, { loss: 'squared', targets: [1] }), /there are 1 targets/);
    assert.throws(
      () => network.train([1, 2], 1, { loss: 'hinge' as 'squared', targets }),
      /no loss 'hinge'; take 'cross-entropy' or 'squared'/,
    );
    assert.throws(() => network.step([1]), /step: there are 1 numbers, but it needs 9: one for each parameter/);
    assert.throws(() => network.writeParameters([1]), /writeParameters: there are 1 numbers/);
    const adamState = make({ sizes: [2, 3], optimizer: { type: 'adam', rate: 1 } }).save();
    assert.throws(() => network.restore(adamState), /restore: there are 2 averages, but it needs 1: those of sgd/);
    assert.throws(() => {
      network.rate = NaN;
    }, /the rate is NaN/);
  });

  describe('beside TensorFlow.js', () => {
    let tf: TensorFlow;
    before(async () => {
      tf = await tensorFlow('cpu');
    });
    after(() => tensorFlow());

    for (const type of ['adam', 'sgd'] as const) {
      it(`begins with the weights of mlp and trains as on cpu, with ${type}`, () => {
        const [sizes, batch, steps] = [[4, 16, 16, 3], 12, 50];
        const given = problem(sizes, batch, 'cross-entropy');
        const labels = Float32Array.from(given.loss.targets);
        for (let row = 0; row < batch; row++) {
          const total = labels[3 * row]! + labels[3 * row + 1]! + labels[3 * row + 2]!;
          for (let j = 0; j < 3; j++) labels[3 * row + j]! /= total;
        }
        const optimizer = { type, rate: 0.01, epsilon: 1e-4 } as const;
        const network = denseNetwork(rng('same'), { sizes, activation: 'relu', optimizer });
        const net = mlp(tf, rng('same'), sizes);
        const weights = () => Float32Array.from(net.variables.flatMap((variable) => [...variable.dataSync()]));
        assert.deepEqual(network.readParameters(), weights());
        const theirs = type === 'adam' ? tf.train.adam(0.01, 0.9, 0.999, 1e-4) : tf.train.sgd(0.01);
        const inputs = tf.tensor2d(given.inputs, [batch, 4]);
        const wanted: Tensor2D = tf.tensor2d(labels, [batch, 3]);
        for (let step = 0; step < steps; step++) {
          const loss = theirs.minimize(() => softmaxCrossEntropy(tf, wanted, net.logits(inputs)), true)!;
          close([network.train(given.inputs, batch, { loss: 'cross-entropy', targets: labels })], loss.dataSync());
          loss.dispose();
        }
        close(network.readParameters(), weights());
        tf.dispose([inputs, wanted]);
        theirs.dispose();
        net.dispose();
      });
    }
  });
});
