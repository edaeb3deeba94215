import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Colour, contrast, luminance, parseColour, readable, writeColour } from '../../../src/webviews/colour.ts';
import { type Role, styleArms } from '../../../src/webviews/dashboard/arm-style.ts';
import { colourMap } from '../../../src/webviews/dashboard/colour-map.ts';

const channel = fc.integer({ min: 0, max: 255 });
const colour = fc.tuple(channel, channel, channel);
/** Backgrounds of themes: the darkest and the lightest, and anything between that a theme might have. */
const backgrounds: readonly Colour[] = [
  [0, 0, 0],
  [31, 31, 31],
  [40, 44, 52],
  [253, 246, 227],
  [255, 255, 255],
];

describe('colours', () => {
  it('are read as themes write them', () => {
    assert.deepEqual(parseColour('#1f1f1f'), [31, 31, 31]);
    assert.deepEqual(parseColour(' #FFF '), [255, 255, 255]);
    assert.deepEqual(parseColour('#0078d480'), [0, 120, 212]);
    assert.deepEqual(parseColour('rgba(41, 41, 41, 0.7)'), [41, 41, 41]);
    assert.deepEqual(parseColour('rgb(1 2 3 / 50%)'), [1, 2, 3]);
    assert.equal(parseColour(''), undefined);
    assert.equal(parseColour('inherit'), undefined);
    fc.assert(fc.property(colour, (value) => assert.deepEqual(parseColour(writeColour(value)), value)));
  });

  it('can be made readable on any background', () => {
    fc.assert(
      fc.property(colour, colour, fc.double({ min: 1, max: 4.5, noNaN: true }), (value, background, ratio) => {
        assert.ok(contrast(readable(value, background, ratio), background) >= Math.min(ratio, 4.5) - 1e-9);
      }),
    );
  });
});

describe('styles of arms', () => {
  const roles = fc.constantFrom<Role>('method', 'baseline', 'ablation', 'reference');
  const armLists = fc.array(roles, { minLength: 1, maxLength: 7 });

  it('stand out from the background', () => {
    fc.assert(
      fc.property(armLists, fc.constantFrom(...backgrounds), (list, background) => {
        const arms = list.map((role, index) => ({ name: `arm ${index}`, role }));
        for (const style of styleArms(arms, background, 3).values()) {
          assert.ok(contrast(style.colour, background) >= 3);
        }
      }),
    );
  });

  it('differ in their marker, so that colour is not the only mark', () => {
    fc.assert(
      fc.property(armLists, (list) => {
        const arms = list.map((role, index) => ({ name: `arm ${index}`, role }));
        const styles = [...styleArms(arms, [0, 0, 0], 3).values()];
        assert.equal(new Set(styles.map((style) => style.marker)).size, arms.length);
      }),
    );
  });

  it('make the first method the strongest: solid, widest and in its own colour', () => {
    const styles = styleArms(
      [
        { name: 'linear', role: 'baseline' },
        { name: 'rex', role: 'method' },
        { name: 'cosine', role: 'baseline' },
      ],
      [255, 255, 255],
      3,
    );
    const rex = styles.get('rex')!;
    assert.deepEqual(rex.dash, []);
    for (const other of ['linear', 'cosine']) {
      const style = styles.get(other)!;
      assert.ok(style.width < rex.width && style.dash.length > 0);
      assert.notDeepEqual(style.colour, rex.colour);
    }
    assert.notDeepEqual(styles.get('linear')!.dash, styles.get('cosine')!.dash);
  });
});

describe('colour maps', () => {
  for (const dark of [true, false]) {
    for (const family of ['cool', 'warm'] as const) {
      it(`run one way in lightness: ${family} on ${dark ? 'dark' : 'light'}`, () => {
        const map = colourMap(family, dark);
        for (let share = 0.05; share <= 1; share += 0.05) {
          const step = luminance(map(share)) - luminance(map(share - 0.05));
          assert.ok(dark ? step > 0 : step < 0, `at ${share.toFixed(2)}`);
        }
      });
    }
  }
});
