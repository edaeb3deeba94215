import type { NetworkLoss, RecurrentNetworkOptions, Sequences } from 'marginalia';

/** A recurrent network in double precision and simple loops, for comparison: parameters in the order of `RecurrentNetwork`. */
export interface PlainRecurrentNetwork {
  readonly parameters: Float64Array;
  /** Outputs [length, batch, outputs], and what the units hold at the end, as `state` has it. */
  readonly run: (sequences: Sequences) => { readonly outputs: Float64Array; readonly state: Float64Array };
  readonly loss: (sequences: Sequences, loss: NetworkLoss) => number;
}

export function plainRecurrentNetwork(
  [inputs, units, outputs]: RecurrentNetworkOptions['sizes'],
  cell: RecurrentNetworkOptions['cell'],
  initial: ArrayLike<number>,
): PlainRecurrentNetwork {
  const parameters = Float64Array.from(initial);
  const gates = cell === 'lstm' ? 4 * units : units;
  const width = cell === 'lstm' ? 2 * units : units;
  const biasesFrom = (inputs + units) * gates;
  const outwardFrom = biasesFrom + gates;

  function run({ inputs: values, batch, length, state }: Sequences) {
    const held = Float64Array.from(state ?? new Float64Array(batch * width));
    const results = new Float64Array(length * batch * outputs);
    for (let time = 0; time < length; time++) {
      for (let row = 0; row < batch; row++) {
        const own = held.subarray(row * width, (row + 1) * width);
        const before = own.slice();
        const seen = [...Array.from(values).slice((time * batch + row) * inputs, (time * batch + row + 1) * inputs)];
        seen.push(...before.subarray(0, units));
        const sum = (gate: number) =>
          seen.reduce(
            (total, value, i) => total + value * parameters[i * gates + gate]!,
            parameters[biasesFrom + gate]!,
          );
        for (let unit = 0; unit < units; unit++) {
          if (cell === 'tanh') {
            own[unit] = Math.tanh(sum(unit));
          } else {
            const [input, forget, output] = [0, 1, 2].map((gate) => 1 / (1 + Math.exp(-sum(gate * units + unit))));
            own[units + unit] = forget! * before[units + unit]! + input! * Math.tanh(sum(3 * units + unit));
            own[unit] = output! * Math.tanh(own[units + unit]!);
          }
        }
        for (let j = 0; j < outputs; j++) {
          let total = parameters[outwardFrom + units * outputs + j]!;
          for (let unit = 0; unit < units; unit++) total += own[unit]! * parameters[outwardFrom + unit * outputs + j]!;
          results[(time * batch + row) * outputs + j] = total;
        }
      }
    }
    return { outputs: results, state: held };
  }

  return {
    parameters,
    run,
    loss(sequences, { loss, targets }) {
      const found = run(sequences).outputs;
      if (loss === 'squared') {
        return found.reduce((total, output, i) => total + (output - targets[i]!) ** 2, 0) / found.length;
      }
      let total = 0;
      for (let from = 0; from < found.length; from += outputs) {
        const row = found.subarray(from, from + outputs);
        const logSum = Math.log(row.reduce((sum, score) => sum + Math.exp(score), 0));
        row.forEach((score, j) => (total -= targets[from + j]! * (score - logSum)));
      }
      return (total * outputs) / found.length;
    },
  };
}
