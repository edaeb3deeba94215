import assert from 'node:assert/strict';
import fc from 'fast-check';
import { freshUi, readUi, type UiState } from '../../../src/webviews/dashboard/ui-state.ts';

describe('how the dashboard was left', () => {
  it('comes back as it was', () => {
    const left: UiState = {
      tab: 'console',
      aggregation: 'interval',
      smoothing: 0.6,
      hiddenArms: ['linear'],
      metrics: { loss: { logarithmicSteps: true, zoom: { steps: { min: 1, max: 9 } }, table: true } },
      figures: { policy: { arm: 'rex', seed: 2 } },
      followConsole: false,
    };
    assert.deepEqual(readUi(JSON.parse(JSON.stringify(left))), left);
  });

  it('is fresh where nothing was kept', () => {
    assert.deepEqual(readUi(undefined), freshUi);
  });

  it('is something the view can use, whatever was kept', () => {
    const kept = fc.oneof(
      fc.anything(),
      fc.record({
        tab: fc.anything(),
        aggregation: fc.anything(),
        smoothing: fc.anything(),
        hiddenArms: fc.anything(),
        metrics: fc.dictionary(fc.string(), fc.anything()),
        figures: fc.dictionary(fc.string(), fc.anything()),
      }),
    );
    fc.assert(
      fc.property(kept, (value) => {
        const ui = readUi(value);
        assert.equal(typeof ui.tab, 'string');
        assert.ok(ui.smoothing >= 0 && ui.smoothing < 1);
        assert.ok(ui.hiddenArms.every((arm) => typeof arm === 'string'));
        for (const metric of Object.values(ui.metrics)) {
          if (metric.zoom.steps) assert.ok(metric.zoom.steps.min < metric.zoom.steps.max);
        }
      }),
    );
  });
});
