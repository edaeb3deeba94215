import type { NetworkLoss, TokenSequences, TransformerNetworkOptions } from 'marginalia';

type Shape = Omit<TransformerNetworkOptions, 'optimizer'>;

/** A transformer in double precision and simple loops, for comparison: parameters in the order of `TransformerNetwork`. */
export interface PlainTransformerNetwork {
  readonly parameters: Float64Array;
  /** Outputs [batch, length, outputs]. */
  readonly outputs: (sequences: TokenSequences) => Float64Array;
  readonly loss: (sequences: TokenSequences, loss: NetworkLoss) => number;
}

/** A position's numbers. */
type Row = Float64Array;

export function plainTransformerNetwork(shape: Shape, initial: ArrayLike<number>): PlainTransformerNetwork {
  const { tokens, width, heads, length: longest, layers, outputs, causal } = shape;
  const parameters = Float64Array.from(initial);
  const size = width / heads;

  /** Outputs of one sequence. */
  function run(given: readonly number[]): Row[] {
    let from = 0;
    const matrix = (rows: number, columns: number) => parameters.subarray(from, (from += rows * columns));
    const row = (of: Row, i: number) => of.subarray(i * width, (i + 1) * width);
    const vectors = matrix(tokens, width);
    const positions = matrix(longest, width);
    let stream = given.map((token, position) => sum(row(vectors, token), row(positions, position)));
    for (let layer = 0; layer < layers; layer++) {
      const inward = matrix(width, 3 * width);
      const seen = stream.map((x) => times(normal(x), inward));
      const outward = matrix(width, width);
      const attended = seen.map((_, position) => times(mix(seen, position), outward));
      stream = stream.map((x, position) => sum(x, attended[position]!));
      const [up, down] = [matrix(width, 4 * width), matrix(4 * width, width)];
      stream = stream.map((x) =>
        sum(
          x,
          times(
            times(normal(x), up).map((unit) => Math.max(unit, 0)),
            down,
          ),
        ),
      );
    }
    const last = matrix(width, outputs);
    return stream.map((x) => times(normal(x), last));
  }

  /** What the heads of one position take from those that it hears. */
  function mix(seen: readonly Row[], position: number): Row {
    const heard = causal ? seen.slice(0, position + 1) : seen;
    const mixed = new Float64Array(width);
    for (let head = 0; head < width; head += size) {
      const powers = heard.map((other) => {
        let score = 0;
        for (let i = head; i < head + size; i++) score += seen[position]![i]! * other[width + i]!;
        return Math.exp(score / Math.sqrt(size));
      });
      const total = powers.reduce((all, power) => all + power, 0);
      for (let i = head; i < head + size; i++) {
        heard.forEach((other, j) => (mixed[i]! += (powers[j]! / total) * other[2 * width + i]!));
      }
    }
    return mixed;
  }

  const network: PlainTransformerNetwork = {
    parameters,
    outputs({ tokens: given, batch, length }) {
      const sequences = Array.from({ length: batch }, (_, i) => Array.from(given).slice(i * length, (i + 1) * length));
      return Float64Array.from(sequences.flatMap(run).flatMap((row) => [...row]));
    },
    loss(sequences, { loss, targets }) {
      const found = network.outputs(sequences);
      if (loss === 'squared') {
        return found.reduce((total, output, i) => total + (output - targets[i]!) ** 2, 0) / found.length;
      }
      let total = 0;
      for (let from = 0; from < found.length; from += outputs) {
        const row = found.subarray(from, from + outputs);
        const logSum = Math.log(row.reduce((all, score) => all + Math.exp(score), 0));
        row.forEach((score, j) => (total -= targets[from + j]! * (score - logSum)));
      }
      return (total * outputs) / found.length;
    },
  };
  return network;
}

function sum(a: Row, b: Row): Row {
  return a.map((x, i) => x + b[i]!);
}

/** A row times a matrix. */
function times(row: Row, matrix: Float64Array): Row {
  const columns = matrix.length / row.length;
  const result = new Float64Array(columns);
  for (let i = 0; i < row.length; i++) {
    for (let column = 0; column < columns; column++) result[column]! += row[i]! * matrix[i * columns + column]!;
  }
  return result;
}

function normal(row: Row): Row {
  const mean = row.reduce((total, x) => total + x, 0) / row.length;
  const variance = row.reduce((total, x) => total + (x - mean) ** 2, 0) / row.length;
  return row.map((x) => (x - mean) / Math.sqrt(variance + 1e-5));
}
