import type { NetworkLoss, DenseNetworkOptions } from 'marginalia';

type Activation = DenseNetworkOptions['activation'];

/** A dense network in double precision and simple loops, for comparison: parameters in the order of `DenseNetwork`. */
export interface PlainNetwork {
  readonly parameters: Float64Array;
  readonly outputs: (inputs: ArrayLike<number>, batch: number) => Float64Array;
  readonly loss: (inputs: ArrayLike<number>, batch: number, loss: NetworkLoss) => number;
  readonly gradient: (inputs: ArrayLike<number>, batch: number, loss: NetworkLoss) => Float64Array;
}

export function plainNetwork(
  sizes: readonly number[],
  activation: Activation,
  initial: ArrayLike<number>,
): PlainNetwork {
  const parameters = Float64Array.from(initial);
  const classes = sizes.at(-1)!;

  function layerValues(inputs: ArrayLike<number>, batch: number): Float64Array[] {
    const values = [Float64Array.from(inputs)];
    let from = 0;
    for (let layer = 0; layer + 1 < sizes.length; layer++) {
      const [ins, outs] = [sizes[layer]!, sizes[layer + 1]!];
      const next = new Float64Array(batch * outs);
      for (let row = 0; row < batch; row++) {
        for (let j = 0; j < outs; j++) {
          let sum = parameters[from + ins * outs + j]!;
          for (let i = 0; i < ins; i++) sum += values[layer]![row * ins + i]! * parameters[from + i * outs + j]!;
          next[row * outs + j] = layer + 2 < sizes.length ? activate(activation, sum) : sum;
        }
      }
      values.push(next);
      from += (ins + 1) * outs;
    }
    return values;
  }

  function outputGradient(outputs: Float64Array, batch: number, { loss, targets }: NetworkLoss): Float64Array {
    if (loss === 'squared') return outputs.map((output, i) => (2 * (output - targets[i]!)) / outputs.length);
    const gradient = new Float64Array(outputs.length);
    for (let row = 0; row < batch; row++) {
      const shares = softmax(outputs.subarray(row * classes, (row + 1) * classes));
      let weight = 0;
      for (let j = 0; j < classes; j++) weight += targets[row * classes + j]!;
      shares.forEach((share, j) => {
        gradient[row * classes + j] = (weight * share - targets[row * classes + j]!) / batch;
      });
    }
    return gradient;
  }

  return {
    parameters,
    outputs: (inputs, batch) => layerValues(inputs, batch).at(-1)!,
    loss(inputs, batch, { loss, targets }) {
      const outputs = layerValues(inputs, batch).at(-1)!;
      let total = 0;
      if (loss === 'squared') {
        outputs.forEach((output, i) => (total += (output - targets[i]!) ** 2));
        return total / outputs.length;
      }
      for (let row = 0; row < batch; row++) {
        const shares = softmax(outputs.subarray(row * classes, (row + 1) * classes));
        shares.forEach((share, j) => (total -= targets[row * classes + j]! * Math.log(share)));
      }
      return total / batch;
    },
    gradient(inputs, batch, loss) {
      const values = layerValues(inputs, batch);
      const gradient = new Float64Array(parameters.length);
      let sums = outputGradient(values.at(-1)!, batch, loss);
      let end = parameters.length;
      for (let layer = sizes.length - 2; layer >= 0; layer--) {
        const [ins, outs] = [sizes[layer]!, sizes[layer + 1]!];
        const from = end - (ins + 1) * outs;
        const before = new Float64Array(batch * ins);
        for (let row = 0; row < batch; row++) {
          for (let j = 0; j < outs; j++) {
            const g = sums[row * outs + j]!;
            gradient[from + ins * outs + j]! += g;
            for (let i = 0; i < ins; i++) {
              const value = values[layer]![row * ins + i]!;
              gradient[from + i * outs + j]! += g * value;
              before[row * ins + i]! += g * parameters[from + i * outs + j]! * slope(activation, value);
            }
          }
        }
        sums = before;
        end = from;
      }
      return gradient;
    },
  };
}

function activate(activation: Activation, sum: number): number {
  if (activation === 'relu') return Math.max(0, sum);
  return activation === 'tanh' ? Math.tanh(sum) : sum;
}

/** Of the activation, where it has this value. */
function slope(activation: Activation, value: number): number {
  if (activation === 'relu') return value > 0 ? 1 : 0;
  return activation === 'tanh' ? 1 - value * value : 1;
}

function softmax(scores: Float64Array): Float64Array {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
