import assert from 'node:assert/strict';
import { accuracy, classBatch, createRng, denseNetwork, spirals, trainClassifier, type DenseNetwork } from 'marginalia';

describe('the training of a classifier', () => {
  const [classes, features] = [2, 3];
  const rows = spirals(createRng('rows', 0), { count: 400, classes, turn: 3, features });
  const network = (): DenseNetwork => {
    const sizes = [features, 24, classes];
    return denseNetwork(createRng('weights', 0), {
      sizes,
      activation: 'relu',
      optimizer: { type: 'adam', rate: 0.01 },
    });
  };

  it('tells the classes apart', () => {
    const net = network();
    trainClassifier(net, rows, { classes, steps: 800, batch: 32, rng: createRng('batches', 0) });
    assert.ok(accuracy(net.forward(rows.inputs, 400), rows.labels) > 0.95);
    net.dispose();
  });

  it('goes down the cross-entropy of rows that are drawn one by one', () => {
    const [net, other] = [network(), network()];
    trainClassifier(net, rows, { classes, steps: 3, batch: 7, rng: createRng('batches', 1) });
    const rng = createRng('batches', 1);
    for (let step = 0; step < 3; step++) {
      const numbers = Array.from({ length: 7 }, () => rng.int(0, 400));
      const { inputs, targets } = classBatch(rows, numbers, classes);
      other.train(inputs, 7, { loss: 'cross-entropy', targets });
    }
    assert.deepEqual(net.readParameters(), other.readParameters());
    net.dispose();
    other.dispose();
  });
});
