import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, logSoftmax } from 'marginalia';
import experiment, {
  createGame,
  fit,
  gap,
  inpoSlope,
  mirrorStep,
} from '../../../snippets/preference-learning/inpo/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';
import { snippetFunction } from './snippet-function.ts';

type InpoLoss = (
  logpWin: number,
  logpLose: number,
  refWin: number,
  refLose: number,
  curWin: number,
  curLose: number,
  tau: number,
  eta: number,
) => number;

const rng = createRng('inpo test', 0);
const game = createGame(6, rng);
const drawPolicy = () => Float64Array.from(logSoftmax(Array.from({ length: 6 }, () => rng.normal())));
const chance = (log: number) => Math.exp(log);

describe('inpo', () => {
  let inpoLoss: InpoLoss;
  before(async () => {
    inpoLoss = await snippetFunction<InpoLoss>('preference-learning/inpo', 'inpo-loss', 'inpoLoss');
  });

  it('has the step of mirror descent, whose win rates it never sees, as the least of its expected loss', () => {
    const [tau, eta] = [0.1, 0.5];
    const current = drawPolicy();
    const expected = (policy: ArrayLike<number>) => {
      let sum = 0;
      for (let a = 0; a < 6; a++) {
        for (let b = 0; b < 6; b++) {
          const both = chance(current[a]! + current[b]!) * game.wins[a]![b]!;
          const [refWin, refLose] = [game.logReference[a]!, game.logReference[b]!];
          // Every pair is drawn in both orders, so the winner may always be called a.
          sum += 2 * both * inpoLoss(policy[a]!, policy[b]!, refWin, refLose, current[a]!, current[b]!, tau, eta);
        }
      }
      return sum;
    };
    const least = mirrorStep(game, current, tau, eta);
    for (let y = 0; y < 6; y++) {
      const moved = (by: number) => expected(least.map((log, i) => (i === y ? log + by : log)));
      assert.ok(Math.abs(moved(1e-4) - moved(-1e-4)) / 2e-4 < 1e-9);
      assert.ok(moved(0.1) > expected(least) && moved(-0.1) > expected(least));
    }
    for (let i = 0; i < 20; i++) assert.ok(expected(drawPolicy()) > expected(least));
  });

  it('does not change where the log-probabilities of both responses grow alike', () => {
    const number = fc.double({ min: -9, max: 0, noNaN: true });
    const share = fc.double({ min: 0.01, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(number, number, number, number, number, number), share, share, (logs, tau, extra) => {
        const [win, lose, refWin, refLose, curWin, curLose] = logs;
        const eta = tau + extra;
        const loss = inpoLoss(win, lose, refWin, refLose, curWin, curLose, tau, eta);
        const grown = inpoLoss(win + 2, lose + 2, refWin - 1, refLose - 1, curWin, curLose, tau, eta);
        assert.ok(Math.abs(loss - grown) < 1e-9 * (1 + loss));
      }),
    );
  });

  it('has the slope of its loss', () => {
    const [current, x] = [drawPolicy(), drawPolicy()];
    const slope = inpoSlope(game, current, 0.1, 0.5);
    const [ref, width] = [game.logReference, 1e-5];
    const loss = (by: number) => inpoLoss(x[1]! + by, x[4]!, ref[1]!, ref[4]!, current[1]!, current[4]!, 0.1, 0.5);
    assert.ok(Math.abs(slope(x, 1, 4) - (loss(width) - loss(-width)) / (2 * width)) < 1e-6);
  });

  it('fits many labels to the step of mirror descent', () => {
    const current = drawPolicy();
    // As many labels as are expected of ten million pairs, so without noise.
    const counts = Array.from({ length: 6 }, (_, w) =>
      Float64Array.from({ length: 6 }, (__, l) =>
        w === l ? 0 : 2e7 * chance(current[w]! + current[l]!) * game.wins[w]![l]!,
      ),
    );
    const fitted = fit(current, counts, inpoSlope(game, current, 0.1, 0.5));
    const exact = mirrorStep(game, current, 0.1, 0.5);
    fitted.forEach((log, y) => assert.ok(Math.abs(log - exact[y]!) < 0.01, `${log} ${exact[y]}`));
  });

  it('converges, with true win rates, to a policy that no regularised rival beats', () => {
    const tau = 0.1;
    let policy: Float64Array = drawPolicy();
    assert.ok(gap(game, policy, tau) > 0.01);
    for (let round = 0; round < 400; round++) policy = mirrorStep(game, policy, tau, 1);
    assert.ok(gap(game, policy, tau) < 1e-10);
    // J(rival, policy) of the paper's game, summed up over all pairs, against one half.
    const divergence = (one: Float64Array) =>
      one.reduce((sum, log, y) => sum + chance(log) * (log - game.logReference[y]!), 0);
    for (let i = 0; i < 200; i++) {
      const rival = drawPolicy();
      let value = tau * (divergence(policy) - divergence(rival));
      for (let a = 0; a < 6; a++) {
        for (let b = 0; b < 6; b++) value += chance(rival[a]! + policy[b]!) * game.wins[a]![b]!;
      }
      assert.ok(value < 0.5);
    }
  });

  it('loses its claim without regularisation, and where iterative DPO stands in for it', async () => {
    const records = await shortRun(experiment, { rounds: 15 }, { seeds: [0, 1] });
    assertSound(experiment, records);
    for (const by of ['unregularised', 'dpo_tenth', 'dpo_one']) {
      assert.equal(verdictWith(experiment, records, { of: 'inpo', by }), 'fails', by);
    }
  });
});
