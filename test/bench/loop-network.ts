/**
 * A dense network with ReLU and mean squared error, trained by Adam in plain loops over typed arrays: what a person would
 * write for one network who cared for speed and nothing else.
 *
 * @param sizes units of each layer, the inputs first.
 * @returns one training step on the same batch.
 */
export function loopNetwork(sizes: readonly number[], batch: number): () => void {
  const wave = (length: number, scale: number) =>
    Float32Array.from({ length }, (_, i) => scale * Math.sin(i * 12.9898 + length));
  const layers = sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]!;
    const size = inputs * outputs + outputs;
    const values = wave(size, Math.sqrt(2 / inputs)).fill(0, inputs * outputs);
    const own = () => new Float32Array(size);
    return {
      inputs,
      outputs,
      values,
      gradient: own(),
      first: own(),
      second: own(),
      sums: new Float32Array(batch * outputs),
    };
  });
  const data = wave(batch * sizes[0]!, 1);
  const targets = wave(batch * sizes.at(-1)!, 1);
  let steps = 0;

  function forward(): Float32Array {
    let input = data;
    for (const [number, { inputs, outputs, values, sums }] of layers.entries()) {
      for (let row = 0; row < batch; row++) {
        const to = row * outputs;
        for (let j = 0; j < outputs; j++) sums[to + j] = values[inputs * outputs + j]!;
        for (let k = 0; k < inputs; k++) {
          const x = input[row * inputs + k]!;
          for (let j = 0, at = k * outputs; j < outputs; j++, at++) sums[to + j]! += x * values[at]!;
        }
      }
      if (number < layers.length - 1) for (let i = 0; i < sums.length; i++) if (sums[i]! < 0) sums[i] = 0;
      input = sums;
    }
    return input;
  }

  function backward(result: Float32Array): void {
    let slopes = result.map((value, i) => (2 * (value - targets[i]!)) / result.length);
    for (let number = layers.length - 1; number >= 0; number--) {
      const { inputs, outputs, values, gradient } = layers[number]!;
      const input = number === 0 ? data : layers[number - 1]!.sums;
      const before = new Float32Array(batch * inputs);
      gradient.fill(0);
      for (let row = 0; row < batch; row++) {
        const from = row * outputs;
        for (let j = 0; j < outputs; j++) gradient[inputs * outputs + j]! += slopes[from + j]!;
        for (let k = 0; k < inputs; k++) {
          const x = input[row * inputs + k]!;
          let sum = 0;
          for (let j = 0, at = k * outputs; j < outputs; j++, at++) {
            const slope = slopes[from + j]!;
            gradient[at]! += x * slope;
            sum += slope * values[at]!;
          }
          before[row * inputs + k] = x > 0 ? sum : 0;
        }
      }
      slopes = before;
    }
  }

  return () => {
    backward(forward());
    steps++;
    const [bias1, bias2] = [1 - 0.9 ** steps, 1 - 0.999 ** steps];
    for (const { values, gradient, first, second } of layers) {
      for (let i = 0; i < values.length; i++) {
        const slope = gradient[i]!;
        first[i] = 0.9 * first[i]! + 0.1 * slope;
        second[i] = 0.999 * second[i]! + 0.001 * slope * slope;
        values[i]! -= (1e-3 * (first[i]! / bias1)) / (Math.sqrt(second[i]! / bias2) + 1e-7);
      }
    }
  };
}
