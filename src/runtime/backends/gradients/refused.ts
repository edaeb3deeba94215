import type * as Core from '@tensorflow/tfjs-core';
import { checkArguments } from '../arguments/check-arguments.ts';
import { refuseDisposed } from '../disposed-tensors.ts';
import type { GradientHome } from './gradient-home.ts';
import { withMendedCalls } from './mended-calls.ts';
import { refusedOperations } from './refused-operations.ts';

/** What was refused, by the attributes of the call, which its gradient is given too. */
const calls = new WeakMap<object, Error>();
const watched = new WeakSet<object>();

/**
 * Makes a gradient through an operation that has none fail in words of our own. The error is made where the operation was
 * called, so that its source line is that one and not the line that asked for the gradient. It is thrown only where the
 * operation lies between the loss and a variable: beside the loss, for a figure or an accuracy, all operations are welcome.
 */
export function registerRefusals(tf: GradientHome): void {
  for (const kernelName of refusedOperations.keys()) {
    tf.registerGradient({
      kernelName,
      gradFunc: (_gradient, _saved, attributes) => {
        throw calls.get(attributes) ?? refusal(kernelName);
      },
    });
  }
  watchCalls(tf.engine());
}

type Engine = ReturnType<typeof Core.engine>;

/** All operations call their kernels through the engine's `runKernel`, so this is the place to see who calls. */
function watchCalls(engine: Engine): void {
  if (watched.has(engine)) return;
  watched.add(engine);
  refuseDisposed(engine);
  const run = withMendedCalls(engine.runKernel.bind(engine));
  engine.runKernel = (name, inputs, attributes) => {
    checkArguments(name, inputs, attributes);
    if (!refusedOperations.has(name)) return run(name, inputs, attributes);
    const own = { ...attributes };
    calls.set(own, refusal(name));
    return run(name, inputs, own);
  };
}

function refusal(kernelName: string): Error {
  const name = refusedOperations.get(kernelName)!;
  return new Error(
    `No gradient flows through tf.${name}, and the loss depends on a variable through it. Compute what it gives outside of the gradient, or write it with other operations.`,
  );
}
