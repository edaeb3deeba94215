import { kernel } from './network-kernel.ts';

/** Adam as Kingma and Ba (2015) have it, or gradient descent: velocity = momentum · velocity + gradient. */
export type NetworkOptimizer =
  | {
      readonly type: 'adam';
      /** Step size. */
      readonly rate: number;
      /** Decay of the gradient's average. Default 0.9. */
      readonly momentum?: number;
      /** Decay of the squared gradient's average. Default 0.999. */
      readonly scale?: number;
      /** Added to the root of the squared average. Default 1e-8. */
      readonly epsilon?: number;
    }
  | {
      readonly type: 'sgd';
      readonly rate: number;
      /** Share of the velocity that stays. Default 0. */
      readonly momentum?: number;
    };

/** An optimiser over the kernel's memory. */
export interface NetworkStepper {
  /** How many averages it keeps, each as long as the parameters. */
  readonly averages: number;
  rate: number;
  readonly steps: () => number;
  /** Goes on as after so many steps. */
  readonly restart: (steps: number) => void;
  /** One step. Addresses of parameters and gradient, and of each average. */
  readonly step: (parameters: number, gradient: number, averages: readonly number[], count: number) => void;
}

/** @param network what errors call it. @throws RangeError where a rate or decay makes no sense. */
export function networkStepper(network: string, optimizer: NetworkOptimizer): NetworkStepper {
  if (!['adam', 'sgd'].includes(optimizer.type)) {
    throw new RangeError(`${network}: there is no optimizer '${optimizer.type}'; take 'adam' or 'sgd'.`);
  }
  const { type, momentum = type === 'adam' ? 0.9 : 0 } = optimizer;
  const { scale = 0.999, epsilon = 1e-8 } = type === 'adam' ? optimizer : {};
  let rate = positive(network, optimizer.rate);
  decay(network, 'momentum', momentum);
  decay(network, 'scale', scale);
  // What is zero as a 32-bit float would divide zero by zero.
  if (!(Math.fround(epsilon) > 0 && epsilon < Infinity)) {
    throw new RangeError(`${network}: epsilon is ${epsilon}; it must be above 0.`);
  }
  let steps = 0;
  // momentum ** steps and scale ** steps, multiplied up, since engines need not agree about powers.
  let momentumPower = 1;
  let scalePower = 1;
  const count = () => {
    steps++;
    momentumPower *= momentum;
    scalePower *= scale;
  };
  return {
    averages: type === 'adam' ? 2 : 1,
    get rate() {
      return rate;
    },
    set rate(value) {
      rate = positive(network, value);
    },
    steps: () => steps,
    restart(wanted) {
      steps = 0;
      momentumPower = scalePower = 1;
      while (steps < wanted) count();
    },
    step(parameters, gradient, [first, second], size) {
      count();
      if (type === 'sgd') {
        kernel().sgd(parameters, gradient, first!, size, rate, momentum);
      } else {
        const corrected = rate / (1 - momentumPower);
        kernel().adam(
          ...([parameters, gradient, first!, second!, size] as const),
          ...([corrected, momentum, scale, 1 - scalePower, epsilon] as const),
        );
      }
    },
  };
}

function positive(network: string, rate: number): number {
  if (rate >= 0 && rate < Infinity) return rate;
  throw new RangeError(`${network}: the rate is ${rate}; it must be 0 or more.`);
}

function decay(network: string, name: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new RangeError(`${network}: ${name} is ${value}; it must be in [0, 1).`);
}
