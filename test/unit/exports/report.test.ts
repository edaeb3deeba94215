import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/runtime/runs/events.ts';
import type { RunRecord } from '../../../src/runtime/runs/record.ts';
import { applyEvents, createRunState, type RunState } from '../../../src/runtime/runs/state.ts';
import { report } from '../../../src/runtime/exports/html/report.ts';
import type { Figure } from '../../../src/runtime/sdk/figure.ts';
import { sampleEvents, sampleRecord, sampleStart } from './sample-run.ts';

function stateOf(events: readonly RunEvent[], record: RunRecord = sampleRecord): RunState {
  const state = createRunState(record);
  applyEvents(state, events);
  return state;
}

const page = (events: readonly RunEvent[], record?: RunRecord, source?: string) =>
  [...report(stateOf(events, record), source)].join('');

/** A run of one arm and seed that logs the given values of one metric. */
function pageOf(values: readonly number[], metric: { scale?: 'log'; stepScale?: 'log' } = {}): string {
  const record: RunRecord = {
    ...sampleRecord,
    arms: ['rex'],
    seeds: [0],
    experiment: {
      ...sampleRecord.experiment,
      description: {
        ...sampleRecord.experiment.description,
        metrics: { loss: { better: 'lower', unit: 'nats', about: '…', ...metric } },
      },
    },
  };
  const steps = values.map((_, index) => index);
  return page(
    [
      { at: sampleStart, type: 'started', pid: 1 },
      { at: sampleStart, type: 'trial-started', trial: 'rex#0', arm: 'rex', seed: 0, pid: 2 },
      { at: sampleStart, type: 'points', trial: 'rex#0', metric: 'loss', steps, values },
    ],
    record,
  );
}

/** A run whose only figure is the given one. */
function figurePage(figure: Figure): string {
  return page([
    { at: sampleStart, type: 'started', pid: 1 },
    { at: sampleStart, type: 'trial-started', trial: 'rex#0', arm: 'rex', seed: 0, pid: 2 },
    { at: sampleStart, type: 'figure', trial: 'rex#0', name: 'f', figure },
  ]);
}

describe('the HTML report', () => {
  const whole = page(sampleEvents(), sampleRecord, 'const a = 1 < 2;');

  it('is the same for the same run', () => {
    assert.equal(page(sampleEvents(), sampleRecord, 'const a = 1 < 2;'), whole);
  });

  it('has no script and nothing from elsewhere', () => {
    assert.match(
      whole,
      /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">/,
    );
    assert.doesNotMatch(whole, /<script|<img|<link|<iframe|javascript:|@import|\son\w+=/i);
    assert.doesNotMatch(whole, /(?:src|href)="(?!#)/);
    assert.doesNotMatch(whole, /url\((?!#)/);
  });

  it('shows text of the run as text, whatever is in it', () => {
    const evil = `<script>alert(1)</script>" onload='x' & \u0000`;
    const { description } = sampleRecord.experiment;
    const text = page(
      [...sampleEvents(), { at: sampleStart, type: 'warning', message: evil }],
      {
        ...sampleRecord,
        name: evil,
        params: { budget: evil },
        backend: { ...sampleRecord.backend, reason: evil },
        experiment: {
          ...sampleRecord.experiment,
          description: {
            ...description,
            question: evil,
            statement: evil,
            metrics: { ...description.metrics, [evil]: { better: 'lower', unit: evil, about: evil } },
          },
        },
      },
      evil,
    );
    assert.doesNotMatch(text, /<script|"\s*onload/);
    assert.ok(!text.includes('\u0000'));
    assert.ok(text.includes('&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp; \ufffd'));
  });

  it('gives the verdict with its conditions and intervals', () => {
    assert.match(whole, /<h2 id="verdict">.*Inconclusive<\/h2>/);
    for (const part of ['0.914', '0.871 to 0.957', 'at most 1.02', '−0.0061 to 0.0128', '1,000 bootstrap resamples']) {
      assert.ok(whole.includes(part), part);
    }
  });

  it('says why there is no verdict', () => {
    const events = sampleEvents().filter(({ type }) => type !== 'verdict');
    assert.match(page(events), /No verdict<\/h2>.*ended without one.*Its warnings/s);
    assert.match(page(events.slice(0, 40)), /No verdict<\/h2>.*had not ended/s);
  });

  it('shows a verdict whose numbers are not finite', () => {
    const verdict = sampleEvents().find((event) => event.type === 'verdict')!;
    const [condition] = verdict.conditions;
    const events: RunEvent[] = [
      {
        ...verdict,
        conditions: [{ ...condition!, value: Infinity, interval: [NaN, Infinity], outcome: 'inconclusive' }],
      },
    ];
    assert.match(page(events), /<span class="strong">∞<\/span>.*NaN to ∞/s);
  });

  it('tells the parameters and which were turned, the environment and every warning', () => {
    assert.match(whole, /<code>budget<\/code><\/th><td class="strong">500 <span class="unit">default 1000/);
    assert.match(whole, /<code>rate<\/code><\/th><td>0\.03<\/td>/);
    for (const part of ['wasm 4.22.0', '20.19.0', 'with uncommitted changes', 'constant#3: 12 values']) {
      assert.ok(whole.includes(part), part);
    }
  });

  it('leaves out the names of machine and folders', () => {
    assert.ok(!whole.includes('some host'));
    assert.ok(!whole.includes('projects'));
    assert.match(whole, /<dd>rex\.ts<\/dd>/);
  });

  it('marks the best arm of each metric that has a better, references aside', () => {
    const row = (arm: string) => new RegExp(`</svg> ${arm}<br>.*?</tr>`, 's').exec(whole)![0];
    assert.equal(row('rex').split('class="best"').length - 1, 2);
    assert.equal(row('oracle').split('class="best"').length - 1, 0);
  });

  it('refers only to ids that are there, each once', () => {
    const ids = [...whole.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!);
    assert.equal(new Set(ids).size, ids.length);
    const used = [
      ...[...whole.matchAll(/aria-labelledby="([^"]+)"/g)].flatMap((match) => match[1]!.split(' ')),
      ...[...whole.matchAll(/(?:href="|url\()#([^")]+)/g)].map((match) => match[1]!),
    ];
    for (const id of used) assert.ok(ids.includes(id), id);
  });

  it('draws no coordinate that is no number', () => {
    for (const [, path] of whole.matchAll(/\sd="([^"]*)"/g)) assert.doesNotMatch(path!, /NaN|Infinity|undefined/);
    assert.doesNotMatch(whole, /(?:x|y|cx|cy)="(?:NaN|-?Infinity|undefined)"/);
  });

  it('puts a line, a band and a label for each arm into each chart', () => {
    const charts = whole.split('<figure class="chart">').slice(1);
    assert.equal(charts.length, 3);
    for (const chart of charts) {
      const svg = chart.slice(0, chart.indexOf('</svg>'));
      assert.equal(svg.split('class="band"').length - 1, 5);
      assert.equal(svg.split('class="arm-label"').length - 1, 5);
    }
  });

  it('has logarithmic axes where the metric asks for them', () => {
    assert.match(pageOf([1, 10, 100], { scale: 'log' }), /nats, logarithmic/);
    assert.match(pageOf([1, 10, 100], { stepScale: 'log' }), /step, logarithmic/);
    assert.doesNotMatch(pageOf([1, 10, 100]), /logarithmic/);
  });

  it('counts what a logarithmic axis has no place for, and what is not finite', () => {
    assert.match(pageOf([1, 0, -1, 10], { scale: 'log' }), /2 points at or below 0/);
    const notFinite = pageOf([1, NaN, Infinity, 10]);
    assert.match(notFinite, /2 values not finite/);
    assert.match(notFinite, /class="miss /);
  });

  it('stands a metric of which nothing finite was logged, of one point, and of none', () => {
    assert.match(pageOf([NaN, Infinity]), /2 values not finite/);
    assert.match(pageOf([NaN], { scale: 'log', stepScale: 'log' }), /1 value not finite/);
    assert.match(pageOf([3]), /class="mark"/);
    assert.match(pageOf([]), /Nothing was logged/);
  });

  it('shows a metric that was logged once as a row for each arm, also on a logarithmic axis', () => {
    assert.match(pageOf([3]), /loss of each arm.*Logged once, at step 0\./s);
    assert.match(pageOf([3], { scale: 'log' }), /nats, logarithmic/);
    assert.match(pageOf([-3], { scale: 'log' }), /loss of each arm/);
  });

  it('thins the numbers of a long curve and says so', () => {
    const long = pageOf(Array.from({ length: 5000 }, (_, index) => Math.sin(index)));
    assert.match(long, /200 steps an arm, evenly spaced/);
    assert.match(long, /Drawn from 5,000 logged points/);
    assert.ok(long.length < 300_000, `${long.length} characters`);
  });

  it('shows the failure of a run with its place, and what there is of the rest', () => {
    const failed = page([
      { at: sampleStart, type: 'started', pid: 1 },
      {
        at: sampleStart + 1000,
        type: 'ended',
        outcome: 'failed',
        seconds: 1,
        error: { kind: 'exception', message: 'x is not a function', file: '/papers/rex.ts', line: 12, column: 3 },
      },
    ]);
    assert.match(
      failed,
      /The run failed<\/h2><p>x is not a function<\/p><p class="quiet">at <code>rex\.ts:12:3<\/code>/,
    );
  });

  it('stands a run of which only the record is known', () => {
    const { description } = sampleRecord.experiment;
    const bare = page([], {
      ...sampleRecord,
      arms: [],
      seeds: [],
      params: {},
      git: null,
      experiment: {
        ...sampleRecord.experiment,
        description: { ...description, question: '', statement: '', paper: '', params: {}, arms: {}, metrics: {} },
      },
    });
    assert.match(bare, /<h1>rex<\/h1>/);
  });

  describe('figures', () => {
    const plain = { title: 'T', x: { label: 'x' }, y: { label: 'y' } };

    it('draws every kind of layer', () => {
      for (const kind of [
        'cell cool-',
        'class="line ',
        'class="dot ',
        'class="bar ',
        'class="ellipse ',
        'class="arrow ',
      ]) {
        assert.ok(whole.includes(kind), kind);
      }
    });

    it('shows one seed an arm and folds the others', () => {
      assert.match(whole, /Other seeds \(8 figures\)/);
    });

    it('puts row 0 of a heat map at the bottom', () => {
      const text = figurePage({ ...plain, layers: [{ type: 'heatmap', label: 'v', values: [[0], [1]] }] });
      const bottomOf = (level: number) => Number(new RegExp(`cool-${level}" d="M[\\d.]+ ([\\d.]+)H`).exec(text)![1]);
      assert.ok(bottomOf(0) > bottomOf(31));
    });

    it('strikes out cells without a value', () => {
      const text = figurePage({ ...plain, layers: [{ type: 'heatmap', label: 'v', values: [[0, NaN]] }] });
      assert.match(text, /no value/);
    });

    it('draws a large heat map from blocks', () => {
      const values = Array.from({ length: 1000 }, (_, row) =>
        Array.from({ length: 1000 }, (_, column) => row * column),
      );
      assert.ok(figurePage({ ...plain, layers: [{ type: 'heatmap', label: 'v', values }] }).length < 1_500_000);
    });

    it('names categories on their positions', () => {
      const text = figurePage({
        ...plain,
        x: { label: 'x', categories: ['one', 'two'] },
        layers: [{ type: 'bars', label: 'b', x: [0, 1], height: [3, -4] }],
      });
      assert.match(text, />one<\/text>/);
      assert.match(text, />two<\/text>/);
    });

    it('stands figures that are empty, odd or have nothing finite', () => {
      const odd: Figure[] = [
        { ...plain, layers: [] },
        { ...plain, layers: [{ type: 'heatmap', label: 'v', values: [] }] },
        { ...plain, layers: [{ type: 'heatmap', label: 'v', values: [[NaN]] }] },
        { ...plain, x: { label: 'x', scale: 'log' }, layers: [{ type: 'line', label: 'l', x: [-1, 0], y: [1, 2] }] },
        { ...plain, x: { label: 'x', min: 3, max: 1 }, layers: [{ type: 'line', label: 'l', x: [1, 2], y: [1, NaN] }] },
        { ...plain, x: { label: 'x', categories: [] }, layers: [] },
        { ...plain, layers: [{ type: 'points', label: 'p', x: [1], y: [1], value: [NaN] }] },
        { ...plain, layers: [{ type: 'arrows', label: 'a', x: [0], y: [0], dx: [0], dy: [0] }] },
        { ...plain, layers: [{ type: 'bars', label: 'b', x: [], height: [] }] },
        {
          ...plain,
          y: { label: 'y', scale: 'log' },
          layers: [{ type: 'ellipses', label: 'e', ellipses: [{ x: 0, y: 1, a: 2, b: 3, angle: 1 }] }],
        },
      ];
      for (const figure of odd) {
        const text = figurePage(figure);
        assert.doesNotMatch(text, /\s(?:d|x|y|cx|cy|width|height|viewBox)="[^"]*(?:NaN|Infinity|undefined)/);
      }
    });
  });
});
