/** A small network that learns a function of two inputs; everything random comes from the trial's generator. */
export const training = `
  const normal = (shape: number[], name: string) => {
    const split = rng.split(name);
    const size = shape.reduce((a, b) => a * b, 1);
    return tf.tensor(Float32Array.from({ length: size }, () => 0.5 * split.normal()), shape);
  };
  const hidden = tf.variable(normal([2, 8], 'hidden'), true, 'hidden');
  const output = tf.variable(normal([8, 1], 'output'), true, 'output');
  const data = rng.split('data');
  const optimizer = tf.train.adam(0.05);
  for (let step = 0; step < 20; step++) {
    const loss = tf.tidy(() => {
      const x = tf.tensor2d(Float32Array.from({ length: 32 }, () => data.normal()), [16, 2]);
      const y = tf.mul(tf.slice(x, [0, 0], [16, 1]), tf.slice(x, [0, 1], [16, 1]));
      const error = () => tf.mean(tf.square(tf.sub(tf.matMul(tf.tanh(tf.matMul(x, hidden)), output), y)));
      return optimizer.minimize(error as never, true)!.dataSync()[0]!;
    });
    log(step, { loss });
  }
  optimizer.dispose();`;
