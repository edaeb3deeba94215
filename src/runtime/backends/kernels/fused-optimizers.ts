import type { PlainKernel } from './plain.ts';

export interface AdamAttributes {
  /** Running averages of the gradient and of its square, which the kernel carries on. */
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** What the averages are divided by, since they begin at zero: 1 - beta ^ steps. */
  readonly bias1: number;
  readonly bias2: number;
  readonly epsilon: number;
}

/**
 * A step of Adam for one variable, in the place of 14 kernels. The output is a new tensor: writing into a variable's memory
 * would be silently wrong on `wasm`, which keeps weights packed for its products.
 */
export const fusedAdam: PlainKernel<'value' | 'gradient', AdamAttributes> = {
  name: 'MarginaliaAdam',
  like: 'value',
  shape: ({ value }) => value.shape,
  compute(output, { value, gradient }, { first, second, rate, beta1, beta2, bias1, bias2, epsilon }) {
    const before = value.values;
    const slopes = gradient.values;
    const new1 = 1 - beta1;
    const new2 = 1 - beta2;
    const scaledRate = rate / bias1;
    const scale2 = 1 / bias2;
    for (let i = 0; i < before.length; i++) {
      const slope = slopes[i]!;
      const m = first[i]! * beta1 + slope * new1;
      const v = second[i]! * beta2 + slope * slope * new2;
      first[i] = m;
      second[i] = v;
      output[i] = before[i]! - (scaledRate * m) / (Math.sqrt(v * scale2) + epsilon);
    }
  },
};

export interface MomentumAttributes {
  /** Running sum of gradients, which the kernel carries on; empty without momentum. */
  readonly sum: Float32Array;
  readonly rate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** A step of gradient descent for one variable, with momentum where there is a sum to keep. */
export const fusedMomentum: PlainKernel<'value' | 'gradient', MomentumAttributes> = {
  name: 'MarginaliaMomentum',
  like: 'value',
  shape: ({ value }) => value.shape,
  compute(output, { value, gradient }, { sum, rate, momentum, nesterov }) {
    const before = value.values;
    const slopes = gradient.values;
    if (sum.length === 0) {
      for (let i = 0; i < before.length; i++) output[i] = before[i]! - rate * slopes[i]!;
      return;
    }
    for (let i = 0; i < before.length; i++) {
      const slope = slopes[i]!;
      const total = momentum * sum[i]! + slope;
      sum[i] = total;
      output[i] = before[i]! - rate * (nesterov ? slope + momentum * total : total);
    }
  },
};
