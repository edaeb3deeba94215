import assert from 'node:assert/strict';
import { createRng, fullGame, moveToBeacon } from 'marginalia';

describe('games of functions', () => {
  it('move a unit like a king, four cells a decision, and count a beacon that it comes next to', () => {
    const game = moveToBeacon(createRng('beacon', 1), 8);
    for (let decision = 0; decision < 200; decision++) {
      const [own, beacon] = game.observe() as [number, number];
      const away = Math.max(Math.abs((own % 8) - (beacon % 8)), Math.abs((own >> 3) - (beacon >> 3)));
      assert.ok(away >= 3 || decision > 0);
      const corner = decision % 2 === 0 ? beacon : own;
      const { reward } = game.step(1, corner);
      // A click at the beacon reaches it within four steps where it is at most five cells away.
      if (corner === beacon && away <= 5) assert.ok(reward >= 1, `decision ${decision}`);
      if (corner === own && reward > 0) assert.ok(away <= 1);
    }
  });

  it('can be won in full by a plan within the decisions of an episode, and by nothing less', () => {
    const game = fullGame(createRng('full', 1), 8, false);
    for (let episode = 0; episode < 40; episode++) {
      for (let decision = 1; ; decision++) {
        const { report, reward } = game.step(...game.script());
        if (report) {
          assert.deepEqual([report[0], reward], [1, 1]);
          break;
        }
        assert.equal(reward, 0);
        assert.ok(decision < 80);
      }
    }
    const idle = fullGame(createRng('full', 2), 8, false);
    for (let decision = 1; decision < 80; decision++) assert.deepEqual(idle.step(0, 0), { reward: 0 });
    assert.deepEqual(idle.step(0, 0), { reward: -1, report: [0, 0] });
  });

  it('do nothing where a function cannot be called, and use up the army in an attack on the wrong place', () => {
    const game = fullGame(createRng('full', 3), 8, false);
    const before = game.observe();
    for (const f of [2, 3, 4, 5]) game.step(f, 0);
    assert.deepEqual([game.available(), game.observe()], [[1, 1, 0, 0, 0, 0], before]);
    for (let k = 0; k < 3; k++) game.step(1, 0);
    assert.deepEqual(game.available(), [1, 1, 1, 1, 0, 0]);
    game.step(3, 0);
    for (let k = 0; k < 12; k++) game.step(1, 0);
    for (let k = 0; k < 4; k++) game.step(4, 0);
    assert.deepEqual(game.observe(), [-1, -1, 0, 1, 1]);
    // The middle of the map is next to no corner.
    assert.deepEqual(game.step(5, 8 * 3 + 3), { reward: 0 });
    assert.deepEqual(game.observe(), [-1, -1, 0, 1, 0]);
  });

  it('reward the score as it is made where they are told to', () => {
    const game = fullGame(createRng('full', 1), 8, true);
    let total = 0;
    for (;;) {
      const { reward, report } = game.step(...game.script());
      total += reward;
      if (!report) continue;
      assert.ok(Math.abs(total - (report[1]! + 1)) < 1e-9);
      break;
    }
  });

  it('report the beacons of an episode of 30 decisions, whose rewards they sum to', () => {
    const game = moveToBeacon(createRng('beacon', 2), 8);
    let total = 0;
    for (let decision = 1; decision <= 90; decision++) {
      const { reward, report } = game.step(...game.script());
      total += reward;
      assert.equal(report !== undefined, decision % 30 === 0);
      if (!report) continue;
      assert.deepEqual(report, [total]);
      total = 0;
    }
    assert.throws(() => moveToBeacon(createRng('beacon', 1), 5), /6 or more/);
  });
});
