import { classBatch, type LabelledRows } from './classification.ts';
import type { DenseNetwork } from './dense-network.ts';
import type { Rng } from './rng.ts';

/**
 * Trains a network to tell classes apart: steps of its optimiser down the cross-entropy of random batches, rows drawn with
 * replacement.
 *
 * @param options.classes that there are: the network's outputs.
 * @param options.batch rows of a batch.
 */
export function trainClassifier(
  network: DenseNetwork,
  rows: LabelledRows,
  {
    classes,
    steps,
    batch,
    rng,
  }: { readonly classes: number; readonly steps: number; readonly batch: number; readonly rng: Rng },
): void {
  for (let step = 0; step < steps; step++) {
    const numbers = Array.from({ length: batch }, () => rng.int(0, rows.labels.length));
    const { inputs, targets } = classBatch(rows, numbers, classes);
    network.train(inputs, batch, { loss: 'cross-entropy', targets });
  }
}
