import type * as Core from '@tensorflow/tfjs-core';

/** Makes the use of a tensor after its end fail in words; TensorFlow.js cannot read a property of undefined there. */
export function refuseDisposed(engine: ReturnType<typeof Core.engine>): void {
  const moveData = engine.moveData.bind(engine);
  // Asked for by every engine that does not find a tensor's numbers with itself.
  engine.moveData = (backend, dataId) => {
    if (!engine.state.tensorInfo.has(dataId)) {
      throw new Error(
        'A tensor is used that has been disposed of. Return it from its tf.tidy, or keep it with tf.keep, until the last use.',
      );
    }
    moveData(backend, dataId);
  };
}
