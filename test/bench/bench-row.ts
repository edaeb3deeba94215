/** One measured number. A file `test/bench/<name>.bench.ts` exports `bench(): Promise<BenchRow[]>`. */
export interface BenchRow {
  /** What was measured: `references in 10,000 lines, from scratch`. */
  readonly name: string;
  readonly value: number;
  /** `ms`, `KB`, … */
  readonly unit: string;
  /** What the value should stay under. */
  readonly aim?: number;
  /** The same measured in another way in the same run, so that the comparison holds on any machine. */
  readonly against?: { readonly name: string; readonly value: number };
  /** How it was measured: repetitions, spread, input. */
  readonly note: string;
}
