/**
 * How likely each outcome 0, 1, … of a function of one uniform number on [0, 1) is, where the outcome never falls as the
 * number grows: by bisection for where it rises, to about 1e-15. It turns code that draws into an exact law.
 */
export function stepLaw(outcome: (uniform: number) => number, outcomes: number): number[] {
  const reached = Array.from({ length: outcomes }, (_, index) => firstAtLeast(outcome, index));
  return reached.map((start, index) => (reached[index + 1] ?? 1) - start);
}

function firstAtLeast(outcome: (uniform: number) => number, index: number): number {
  if (outcome(0) >= index) return 0;
  let [low, high] = [0, 1];
  for (let halving = 0; halving < 52; halving++) {
    const middle = (low + high) / 2;
    if (outcome(middle) >= index) high = middle;
    else low = middle;
  }
  return high;
}
