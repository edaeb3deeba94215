import assert from 'node:assert/strict';
import { equationPicture } from '../../../src/extension/papers/equation-picture.ts';

const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" width="2em" height="1.5em"><path fill="currentColor" d="M0 0"/></svg>';

describe('an equation in a card', () => {
  it('is drawn in ink that differs between the four kinds of theme and is never inherited', () => {
    const inks = (['light', 'dark', 'high-contrast-dark', 'high-contrast-light'] as const).map(
      (theme) => / color="(#\w{6})">/.exec(equationPicture(drawing, theme))?.[1],
    );
    assert.deepEqual(inks, ['#1f1f1f', '#e4e4e4', '#ffffff', '#000000']);
  });

  it('has a size in pixels', () => {
    assert.match(equationPicture(drawing, 'dark'), /^<svg [^>]*width="30" height="23"/);
  });

  it('keeps the drawing as it is', () => {
    assert.ok(equationPicture(drawing, 'light').endsWith('><path fill="currentColor" d="M0 0"/></svg>'));
  });
});
