import { liteAdaptor } from '@mathjax/src/js/adaptors/liteAdaptor.js';
import { RegisterHTMLHandler } from '@mathjax/src/js/handlers/html.js';
import { TeX } from '@mathjax/src/js/input/tex.js';
import '@mathjax/src/js/input/tex/ams/AmsConfiguration.js';
import '@mathjax/src/js/input/tex/base/BaseConfiguration.js';
import { mathjax } from '@mathjax/src/js/mathjax.js';
import { SVG } from '@mathjax/src/js/output/svg.js';
import assert from 'node:assert/strict';
import { createTypesetter } from '../../../scripts/build/equations.mjs';

const formulas = [
  'x',
  '\\eta_t = \\eta_0 \\frac{1 - t/T}{\\frac12 + \\frac12 (1 - t/T)}',
  '\\sum_{i=1}^{n} \\sqrt{x_i^2 + y_i^2} \\le \\max_{a \\in \\mathcal{A}} \\mathbb{E}\\left[ Q(s, a) \\right]',
  '\\underbrace{a + b + c + d + e}_{\\text{five}} \\quad \\overline{\\hat x} \\otimes \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}',
  'y = \\begin{cases} 0 & x < 0 \\text{ or so} \\\\ x^{x^x} & \\text{otherwise} \\end{cases}',
  '\\left( \\begin{array}{c} 1 \\\\ 2 \\\\ 3 \\\\ 4 \\\\ 5 \\\\ 6 \\end{array} \\right)',
];

/** One element of an SVG text; enough of XML for what MathJax and our typesetter write. */
interface Element {
  readonly tag: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  text: string;
}

function parse(xml: string): Element {
  const root: Element = { tag: 'root', attributes: {}, children: [], text: '' };
  const open = [root];
  for (const [, end, tag, attributeText, empty, text] of xml.matchAll(
    /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>|([^<]+)/g,
  )) {
    if (text !== undefined) {
      assert.ok(!/&(?!amp;|lt;|gt;|quot;)/.test(text), `stray & in ${text}`);
      open.at(-1)!.text += text;
    } else if (end) assert.equal(open.pop()!.tag, tag);
    else {
      const attributes = Object.fromEntries(
        [...attributeText!.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
      ) as Record<string, string>;
      const element: Element = { tag: tag!, attributes, children: [], text: '' };
      open.at(-1)!.children.push(element);
      if (!empty) open.push(element);
    }
  }
  assert.deepEqual(
    open.map(({ tag }) => tag),
    ['root'],
  );
  assert.equal(root.children.length, 1);
  return root.children[0]!;
}

type Point = readonly [x: number, y: number];

/** Where every subpath of a picture begins and how wide and high it is, in em from the picture's origin, y downwards. */
function subpaths(svg: Element, unitsPerEm: number): number[][] {
  const found: Point[][] = [];
  const ids = new Map<string, Element>();
  const index = (element: Element) => {
    if (element.attributes.id) ids.set(element.attributes.id, element);
    element.children.forEach(index);
  };
  index(svg);
  type Matrix = readonly [scaleX: number, scaleY: number, x: number, y: number];
  const visit = (element: Element, [sx, sy, x, y]: Matrix) => {
    const { tag, attributes } = element;
    let matrix: Matrix = [sx, sy, x, y];
    for (const [, name, list] of (attributes.transform ?? '').matchAll(/(\w+)\(([^)]*)\)/g)) {
      const [a, b = name === 'scale' ? a! : 0] = list!.split(/[ ,]+/).map(Number);
      const [mx, my, ox, oy] = matrix;
      matrix = name === 'translate' ? [mx, my, ox + mx * a!, oy + my * b] : [mx * a!, my * b, ox, oy];
    }
    if (tag === 'defs') return;
    if (tag === 'svg' && element !== svg) return; // Clipped pieces are compared by eye.
    const toEm = (px: number, py: number): Point => [
      (matrix[2] + matrix[0] * px) / unitsPerEm,
      (matrix[3] + matrix[1] * py) / unitsPerEm,
    ];
    if (tag === 'use') {
      const target = ids.get(attributes.href!.slice(1))!;
      const [px, py] = [Number(attributes.x ?? 0), Number(attributes.y ?? 0)];
      visit(target, [matrix[0], matrix[1], matrix[2] + matrix[0] * px, matrix[3] + matrix[1] * py]);
    }
    if (tag === 'rect') {
      const [px, py, w, h] = ['x', 'y', 'width', 'height'].map((name) => Number(attributes[name] ?? 0));
      found.push([toEm(px!, py!), toEm(px! + w!, py! + h!)]);
    }
    if (tag === 'path') for (const points of pathPoints(attributes.d!)) found.push(points.map(([a, b]) => toEm(a, b)));
    for (const child of element.children) visit(child, matrix);
  };
  visit(svg, [1, 1, 0, 0]);
  return found.map((points) => {
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  });
}

/** The points that the commands of a path name, by subpath; both absolute and relative commands. */
function pathPoints(d: string): Point[][] {
  const sizes: Record<string, number> = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, t: 2 };
  const result: Point[][] = [];
  let [pen, start]: [Point, Point] = [
    [0, 0],
    [0, 0],
  ];
  for (const [, command, list] of d.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const lower = command!.toLowerCase();
    if (lower === 'z') {
      pen = start;
      continue;
    }
    const relative = lower === command;
    const values = (list!.match(/-?[\d.]+/g) ?? []).map(Number);
    for (let i = 0; i < values.length; i += sizes[lower]!) {
      const [x, y] = relative ? pen : [0, 0];
      const part = values.slice(i, i + sizes[lower]!);
      const points: Point[] =
        lower === 'h'
          ? [[x + part[0]!, pen[1]]]
          : lower === 'v'
            ? [[pen[0], y + part[0]!]]
            : Array.from({ length: part.length / 2 }, (_, k): Point => [x + part[2 * k]!, y + part[2 * k + 1]!]);
      pen = points.at(-1)!;
      if (lower === 'm') {
        start = pen;
        result.push([]);
      }
      result.at(-1)!.push(...points);
    }
  }
  return result;
}

/** Distance from each box to the nearest one of the other list, at most. */
function farthestFrom(boxes: number[][], others: number[][]): number {
  const distance = (a: number[], b: number[]) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
  return Math.max(...boxes.map((box) => Math.min(...others.map((other) => distance(box, other)))));
}

describe('equations', function () {
  this.timeout(60_000);
  let typeset: (tex: string) => Promise<string>;
  before(async () => {
    typeset = await createTypesetter();
  });

  it('draw what MathJax draws, glyph by glyph, in half the text or less', async () => {
    const adaptor = liteAdaptor();
    RegisterHTMLHandler(adaptor);
    mathjax.asyncLoad = (name: string) => import(name);
    const document = mathjax.document('', {
      InputJax: new TeX({ packages: ['base', 'ams'] }),
      OutputJax: new SVG({ fontCache: 'none' }),
    });
    let [written, given] = [0, 0];
    for (const tex of formulas) {
      const node = (await document.convertPromise(tex, { display: true })) as Parameters<typeof adaptor.innerHTML>[0];
      const original = adaptor.innerHTML(node);
      const picture = await typeset(tex);
      const theirs = subpaths(parse(original), 1000);
      const ours = subpaths(parse(picture), 250);
      written += picture.length;
      given += original.length;
      assert.equal(ours.length, theirs.length, tex);
      assert.ok(farthestFrom(theirs, ours) < 0.01, tex);
      assert.ok(farthestFrom(ours, theirs) < 0.01, tex);
    }
    assert.ok(written < given / 2, `${written} characters of ${given}`);
  });

  it('stand on the baseline, in the colour of the text, with their TeX as title', async () => {
    const svg = parse(await typeset('a < b \\text{ & "c"}'.replace('&', '\\&')));
    assert.equal(svg.attributes.fill, 'currentColor');
    assert.equal(svg.attributes.role, 'img');
    assert.match(svg.attributes.style!, /^vertical-align:-?[\d.]+em$/);
    assert.match(svg.attributes.width!, /^[\d.]+em$/);
    const title = svg.children[0]!;
    assert.equal(title.tag, 'title');
    assert.equal(title.text, 'a &lt; b \\text{ \\&amp; &quot;c&quot;}');
    const deep = parse(await typeset('\\frac{a}{b}'));
    const depth = -Number(/-?[\d.]+/.exec(deep.attributes.style!)![0]);
    assert.ok(depth > 0.3 && depth < Number.parseFloat(deep.attributes.height!) / 2 + 0.3);
  });

  it('keep everything inside their box', async () => {
    for (const tex of formulas) {
      const svg = parse(await typeset(tex));
      const [x, y, width, height] = svg.attributes.viewBox!.split(' ').map((number) => Number(number) / 250);
      for (const [left, top, right, bottom] of subpaths(svg, 250)) {
        assert.ok(left! >= x! - 0.05 && right! <= x! + width! + 0.05, tex);
        assert.ok(top! >= y! - 0.05 && bottom! <= y! + height! + 0.05, tex);
      }
    }
  });

  it('refer to nothing outside, carry no script or markup of MathJax, and share no id', async () => {
    const pictures = await Promise.all(formulas.map(async (tex) => typeset(tex)));
    const ids = pictures.flatMap((picture) => [...picture.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    assert.ok(ids.length > 5);
    assert.equal(new Set(ids).size, ids.length);
    for (const picture of pictures) {
      assert.doesNotMatch(picture, /data-|mjx|<script|class=|xlink|url\(|<text|NaN|undefined/);
      const own = new Set([...picture.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
      for (const [, target] of picture.matchAll(/href="#([^"]+)"/g)) assert.ok(own.has(target));
    }
  });

  it('are the same each time', async () => {
    const [first, again] = [await typeset(formulas[2]!), await (await createTypesetter())(formulas[2]!)];
    assert.equal(first, again);
  });

  it('refuse TeX that does not typeset, saying why', async () => {
    await assert.rejects(typeset('\\frac{a}{b'), /Missing close brace/);
    await assert.rejects(typeset('a + \\unknown'), /Undefined control sequence \\unknown/);
    await assert.rejects(typeset('\\text{a \u6f22 b}'), /no glyph for "\u6f22"/);
  });
});
