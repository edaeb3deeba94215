import {
  AdamOptimizer,
  engine,
  MomentumOptimizer,
  SGDOptimizer,
  tensor,
  train,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { fusedAdam, fusedMomentum, type AdamAttributes, type MomentumAttributes } from './kernels/fused-optimizers.ts';

type NamedTensor = Awaited<ReturnType<AdamOptimizer['getWeights']>>[number];
type Gradients = Parameters<AdamOptimizer['applyGradients']>[0];

/**
 * Makes `tf.train.adam`, `tf.train.sgd` and `tf.train.momentum` use one kernel for each variable. The moments are kept as
 * arrays, so they are no tensors that a trial could leave behind; `getWeights` and `setWeights` work as they always do.
 */
export function installFusedOptimizers(): void {
  train.adam = (rate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon?) => new FusedAdam(rate, beta1, beta2, epsilon);
  train.sgd = (rate) => new FusedSgd(rate);
  train.momentum = (rate, momentum, nesterov = false) => new FusedMomentum(rate, momentum, nesterov);
}

class FusedAdam extends AdamOptimizer {
  private moments: Kept[] = [];
  // As float32, like the stock optimiser's, whose steps these equal.
  private power1 = Math.fround(this.beta1);
  private power2 = Math.fround(this.beta2);

  override applyGradients(gradients: Gradients): void {
    const { beta1, beta2, epsilon, learningRate: rate } = this;
    const bias1 = Math.fround(1 - this.power1);
    const bias2 = Math.fround(1 - this.power2);
    eachVariable(gradients, (variable, gradient, i) => {
      const { arrays } = (this.moments[i] ??= newArrays(variable, ['m', 'v']));
      const [first, second] = arrays as [Float32Array, Float32Array];
      const attributes: AdamAttributes = { first, second, rate, beta1, beta2, bias1, bias2, epsilon };
      step(fusedAdam.name, variable, gradient, attributes);
    });
    this.multiplyPowers();
    this.incrementIterations();
  }

  private multiplyPowers(): void {
    this.power1 = Math.fround(this.power1 * Math.fround(this.beta1));
    this.power2 = Math.fround(this.power2 * Math.fround(this.beta2));
  }

  override async getWeights(): Promise<NamedTensor[]> {
    return [await this.saveIterations(), ...asTensors(this.moments, 0), ...asTensors(this.moments, 1)];
  }

  override async setWeights(weights: NamedTensor[]): Promise<void> {
    const values = await this.extractIterations(weights);
    this.moments = fromTensors(values, 2);
    this.power1 = Math.fround(this.beta1);
    this.power2 = Math.fround(this.beta2);
    for (let i = 0; i < this.iterations; i++) this.multiplyPowers();
  }
}

class FusedMomentum extends MomentumOptimizer {
  private sums: Kept[] = [];
  private readonly nesterov: boolean;
  private readonly share: number;

  constructor(rate: number, momentum: number, nesterov: boolean) {
    super(rate, momentum, nesterov);
    this.share = momentum;
    this.nesterov = nesterov;
  }

  override applyGradients(gradients: Gradients): void {
    const { learningRate: rate, share: momentum, nesterov } = this;
    eachVariable(gradients, (variable, gradient, i) => {
      const sum = (this.sums[i] ??= newArrays(variable, ['momentum'])).arrays[0]!;
      const attributes: MomentumAttributes = { sum, rate, momentum, nesterov };
      step(fusedMomentum.name, variable, gradient, attributes);
    });
    this.incrementIterations();
  }

  override async getWeights(): Promise<NamedTensor[]> {
    return [await this.saveIterations(), ...asTensors(this.sums, 0)];
  }

  override async setWeights(weights: NamedTensor[]): Promise<void> {
    this.sums = fromTensors(await this.extractIterations(weights), 1);
  }

  override dispose(): void {
    super.dispose();
    // The stock optimiser forgets this one.
    this.c.dispose();
  }
}

const none = new Float32Array(0);

class FusedSgd extends SGDOptimizer {
  override applyGradients(gradients: Gradients): void {
    const attributes: MomentumAttributes = { sum: none, rate: this.learningRate, momentum: 0, nesterov: false };
    eachVariable(gradients, (variable, gradient) => step(fusedMomentum.name, variable, gradient, attributes));
    this.incrementIterations();
  }
}

/** What an optimiser remembers of one variable. */
interface Kept {
  readonly names: readonly string[];
  readonly shape: number[];
  readonly arrays: readonly Float32Array[];
}

function newArrays({ name, shape, size }: Variable, endings: readonly string[]): Kept {
  return {
    names: endings.map((ending) => `${name}/${ending}`),
    shape,
    arrays: endings.map(() => new Float32Array(size)),
  };
}

function asTensors(kept: readonly Kept[], which: number): NamedTensor[] {
  return kept.map(({ names, shape, arrays }) => ({
    name: names[which]!,
    tensor: tensor(arrays[which]!.slice(), shape),
  }));
}

/** Reads what `asTensors` gave: all variables' first arrays, then all second ones. */
function fromTensors(weights: readonly NamedTensor[], each: number): Kept[] {
  const count = weights.length / each;
  return Array.from({ length: count }, (_, i) => {
    const own = Array.from({ length: each }, (_unused, which) => weights[which * count + i]!);
    return {
      names: own.map(({ name }) => name),
      shape: own[0]!.tensor.shape,
      arrays: own.map(({ tensor: values }) => Float32Array.from(values.dataSync())),
    };
  });
}

function eachVariable(gradients: Gradients, visit: (variable: Variable, gradient: Tensor, i: number) => void): void {
  const named = Array.isArray(gradients)
    ? gradients.map(({ name, tensor: gradient }) => [name, gradient] as const)
    : Object.entries(gradients as unknown as NamedTensorMap);
  const variables = engine().registeredVariables;
  for (const [i, [name, gradient]] of named.entries()) {
    const variable = variables[name];
    // Variables that the loss does not depend on have no gradient, and stay.
    if (variable !== undefined && (gradient as Tensor | null) !== null) visit(variable, gradient, i);
  }
}

function step(kernel: string, variable: Variable, gradient: Tensor, attributes: object): void {
  const after: Tensor = engine().runKernel(kernel, { value: variable, gradient }, attributes as NamedAttrMap);
  variable.assign(after);
  after.dispose();
}
