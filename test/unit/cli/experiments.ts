/** Small experiments that the tests write to files and run. */

/** Draws noise around a mean that differs by arm; done at once. */
export const quick = `
import { atLeast, experiment, float, int } from 'marginalia';

export default experiment({
  paper: 'quick-test',
  question: 'Is the larger mean larger?',
  seeds: 4,
  params: {
    gap: float(2, { min: -10, max: 10, about: 'difference of the means' }),
    steps: int(5, { min: 1, max: 1000, about: 'how many values are logged' }),
  },
  arms: {
    larger: { role: 'method', about: 'the mean with the gap added' },
    smaller: { role: 'baseline', about: 'the mean without it' },
  },
  metrics: { value: { better: 'higher', unit: 'units', about: 'a noisy mean' } },
  trial({ arm, params, rng, log }) {
    const noise = rng.split('noise').normal();
    for (let step = 1; step <= params.steps; step += 1) {
      log(step, { value: noise * 0.1 + (arm === 'larger' ? params.gap : 0) });
    }
  },
  claim: {
    statement: 'The larger mean is larger.',
    check: ({ paired }) => [
      atLeast('gap', paired((curves) => curves('larger', 'value').values.at(-1)! - curves('smaller', 'value').values.at(-1)!), 1),
    ],
  },
});
`;

/** Throws at a known line of the file. */
export const throwing = quick.replace(
  "    const noise = rng.split('noise').normal();",
  "    if (arm === 'larger') throw new Error('no luck today');\n    const noise = rng.split('noise').normal();",
);

/** Logs without end. */
export const endless = quick.replace('step <= params.steps', 'step <= Infinity');
