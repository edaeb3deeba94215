/** Small experiments that the suites write to files and run. */

/** Logs 20 points for each of two arms and three seeds and is done at once; its claim holds. */
export const quick = `import { atLeast, experiment, float, int } from 'marginalia';

export default experiment({
  paper: 'rex',
  question: 'Is the larger mean larger?',
  seeds: 3,
  params: {
    gap: float(2, { min: 0, max: 10, about: 'difference of the means' }),
    steps: int(20, { min: 1, max: 1000, about: 'points that are logged' }),
  },
  arms: {
    larger: { role: 'method', about: 'the mean with the gap added' },
    smaller: { role: 'baseline', about: 'the mean without it' },
  },
  metrics: { value: { better: 'higher', unit: 'units', about: 'a noisy mean' } },
  trial({ arm, params, rng, log }) {
    const noise = rng.split('noise').normal() * 0.1;
    for (let step = 1; step <= params.steps; step++) {
      log(step, { value: noise + (arm === 'larger' ? params.gap : 0) });
    }
  },
  claim: {
    statement: 'The larger mean is larger.',
    check: ({ final }) => [atLeast('gap', final('larger', 'value') - final('smaller', 'value'), 1)],
  },
});
`;

const logged = '      log(step, {';

/** Throws in the middle of its first trial. */
export const throwing = quick.replace(logged, `      if (step === 10) throw new Error('no luck today');\n${logged}`);

/** 1-based line of \`throwing\` that throws. */
export const throwingLine = throwing.split('\n').findIndex((line) => line.includes('no luck today')) + 1;

/** Never comes to an end, and never lets anything else run in its process. */
export const endless = quick.replace(logged, `      for (;;) {}\n${logged}`);

/** Logs for about a minute unless it is stopped. */
export const slow = quick.replace(
  logged,
  `      const until = performance.now() + 3000;\n      while (performance.now() < until);\n${logged}`,
);

/** Is no TypeScript at all. */
export const broken = quick.replace('trial({ arm', 'trial({{ arm');

/** The same as \`quick\`, with its gap computed as a gradient. */
export const differentiating = quick
  .replace('seeds: 3,', "seeds: 2,\n  compute: 'autodiff',")
  .replace('rng, log }', 'rng, log, tf }')
  .replace('? params.gap :', '? tf.grad((x) => tf.square(x))(tf.scalar(params.gap / 2)).dataSync()[0]! :');
