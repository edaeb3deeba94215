/**
 * Typesets TeX as small self-contained SVG pictures. MathJax runs here, at build time, and ships with nothing.
 *
 * A picture is drawn in `currentColor`, sized in `em` (one em of the picture is one em of the text around it), set on
 * the baseline by `vertical-align`, and carries its TeX as `<title>`. Ids are unique among all pictures, so that many of
 * them can stand inline in one page.
 *
 * MathJax gives every glyph an element of its own, nested in groups that mirror the formula. What is drawn is only
 * outlines at places: all that have one scale become a single path, and a glyph that occurs twice is kept once.
 */
import { createHash } from 'node:crypto';

/** TeX packages that cards may use. A macro of no package listed here is an error, never red text in the picture. */
const packages = ['base', 'ams', 'newcommand', 'boldsymbol', 'textmacros'];

/** MathJax draws on a grid of 1000 units to the em. Ours is coarser: nobody sees it, and it takes half the characters. */
const coarser = 4;
const unitsPerEm = 1000 / coarser;

/** Longer outlines are kept once and referred to; a reference takes about as many characters. */
const longestRepeatedOutline = 45;

/**
 * Starts MathJax once.
 * @returns {Promise<(tex: string) => Promise<string>>} typesets one formula in display style. The promise is rejected
 * with a message for people when the TeX is not understood or needs a character that the mathematics font lacks.
 */
export async function createTypesetter() {
  const [{ mathjax }, { TeX }, { SVG }, { liteAdaptor }, { RegisterHTMLHandler }] = await Promise.all([
    import('@mathjax/src/js/mathjax.js'),
    import('@mathjax/src/js/input/tex.js'),
    import('@mathjax/src/js/output/svg.js'),
    import('@mathjax/src/js/adaptors/liteAdaptor.js'),
    import('@mathjax/src/js/handlers/html.js'),
    import('@mathjax/src/js/input/tex/base/BaseConfiguration.js'),
    import('@mathjax/src/js/input/tex/ams/AmsConfiguration.js'),
    import('@mathjax/src/js/input/tex/newcommand/NewcommandConfiguration.js'),
    import('@mathjax/src/js/input/tex/boldsymbol/BoldsymbolConfiguration.js'),
    import('@mathjax/src/js/input/tex/textmacros/TextMacrosConfiguration.js'),
  ]);
  // Rarer alphabets (calligraphic, double-struck, …) are files of the font package, loaded when first met.
  mathjax.asyncLoad = (name) => import(name);
  const adaptor = liteAdaptor();
  RegisterHTMLHandler(adaptor);
  const document = mathjax.document('', {
    InputJax: new TeX({
      packages,
      formatError(_input, { message }) {
        throw new Error(message);
      },
    }),
    OutputJax: new SVG({ fontCache: 'none' }),
  });
  return async (tex) => {
    document.reset();
    const container = await document.convertPromise(tex, { display: true });
    return picture(plain(adaptor, adaptor.firstChild(container)), tex);
  };
}

/** A node of MathJax's tree as tag, attributes and children. */
function plain(adaptor, node) {
  const tag = adaptor.kind(node);
  if (tag === 'text') {
    const characters = adaptor.textContent(node);
    throw new Error(`the mathematics font has no glyph for "${characters}"; write it with a TeX command instead`);
  }
  const children = adaptor.childNodes(node).filter((child) => !adaptor.kind(child).startsWith('#'));
  return {
    tag,
    attributes: Object.fromEntries(adaptor.allAttributes(node).map(({ name, value }) => [name, value])),
    children: children.map((child) => plain(adaptor, child)),
  };
}

/** The finished picture of one formula from MathJax's tree. */
function picture(svg, tex) {
  const [mirrored] = svg.children.filter((child) => child.attributes.transform === 'scale(1,-1)');
  // A unit of room on each side of MathJax's box keeps rounded outlines inside.
  const box = svg.attributes.viewBox.split(' ').map((number) => Number(number) / coarser);
  const [x, y] = [Math.floor(box[0]) - 1, Math.floor(box[1]) - 1];
  const [width, height] = [Math.ceil(box[0] + box[2]) + 1 - x, Math.ceil(box[1] + box[3]) + 1 - y];
  const em = (units) => `${rounded(units / unitsPerEm, 3)}em`;
  const name = createHash('sha256').update(tex).digest('base64url').slice(0, 5);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${em(width)}" height="${em(height)}" ` +
    `viewBox="${x} ${y} ${width} ${height}" style="vertical-align:${em(-(y + height))}" fill="currentColor">` +
    `<title>${escaped(tex)}</title><g transform="scale(1 -1)">${drawing(mirrored.children, `m${name}`)}</g></svg>`
  );
}

/**
 * Where something is drawn: its point p lies at (x, y) + (scaleX, scaleY) * p on the picture's grid.
 * An outline is closed text of relative steps: it begins `start` away from its own origin and leaves the pen at `end`.
 */
const origin = { x: 0, y: 0, scaleX: 1, scaleY: 1 };

/** What is drawn, as SVG elements. */
function drawing(nodes, idPrefix) {
  const shapes = nodes.flatMap((node) => shapesOf(node, origin));
  const uses = new Map();
  for (const { outline } of shapes) if (outline) uses.set(outline.steps, (uses.get(outline.steps) ?? 0) + 1);
  const ids = new Map();
  const layers = new Map();
  let definitions = '';
  let clips = '';
  for (const { outline, place, clipped } of shapes) {
    if (clipped) {
      const at = `translate(${rounded(place.x, 0)} ${rounded(place.y, 0)})${scaleOf(place)}`;
      clips += `<g transform="${at}"><svg ${clipped.box}>${drawing(clipped.nodes, '')}</svg></g>`;
      continue;
    }
    const layer = layers.get(scaleOf(place)) ?? { path: '', pen: [0, 0], references: '' };
    layers.set(scaleOf(place), layer);
    const at = [Math.round(place.x / place.scaleX), Math.round(place.y / place.scaleY)];
    const { start, steps, end } = outline;
    if (idPrefix && uses.get(steps) > 1 && steps.length > longestRepeatedOutline) {
      if (!ids.has(steps)) {
        ids.set(steps, idPrefix + ids.size.toString(36));
        definitions += `<path id="${ids.get(steps)}" d="m${numbers(start)}${steps}"/>`;
      }
      layer.references += `<use href="#${ids.get(steps)}" x="${at[0]}" y="${at[1]}"/>`;
    } else {
      layer.path += `m${numbers(at.map((to, i) => to + start[i] - layer.pen[i]))}${steps}`;
      layer.pen = at.map((to, i) => to + end[i]);
    }
  }
  let text = definitions && `<defs>${definitions}</defs>`;
  for (const [scale, { path, references }] of layers) {
    const content = (path && `<path d="${path}"/>`) + references;
    text += scale ? `<g transform="${scale}">${content}</g>` : content;
  }
  return text + clips;
}

/** The outlines of a node and of all within it, each with its place. */
function shapesOf({ tag, attributes, children }, around) {
  const place = placed(around, attributes.transform ?? '');
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => Number(attributes[name] ?? 0) / coarser);
  if (tag === 'g') return children.flatMap((child) => shapesOf(child, place));
  if (tag === 'path') return attributes.d ? [{ outline: outlineOf(attributes.d), place }] : [];
  if (tag === 'rect' && attributes.fill === undefined) {
    // Counter-clockwise, as the font's outer contours are, so that a bar that touches a glyph joins it.
    const steps = `h${rounded(width, 0)}v${rounded(height, 1)}h${rounded(-width, 0)}z`;
    return [
      {
        outline: { start: [0, 0], steps, end: [0, 0] },
        place: placed(place, `translate(${x * coarser},${y * coarser})`),
      },
    ];
  }
  if (tag === 'svg') {
    // The stretched middle of a long delimiter, cut to its box.
    const [left, bottom, ...size] = attributes.viewBox.split(' ').map((number) => rounded(Number(number) / coarser, 1));
    const box = `x="${rounded(x, 1)}" y="${rounded(y, 1)}" width="${size[0]}" height="${size[1]}" viewBox="${left} ${bottom} ${size.join(' ')}"`;
    return [{ clipped: { box, nodes: children }, place }];
  }
  throw new Error(`this formula needs the SVG element <${tag}>, which scripts/build/equations.mjs cannot draw`);
}

/** The place of something that MathJax transforms within a place. */
function placed(around, transform) {
  let { x, y, scaleX, scaleY } = around;
  for (const [, name, list] of transform.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [first, second = name === 'scale' ? first : 0] = list.split(/[\s,]+/).map(Number);
    if (name === 'translate') {
      x += (scaleX * first) / coarser;
      y += (scaleY * second) / coarser;
    } else if (name === 'scale') {
      scaleX *= first;
      scaleY *= second;
    } else
      throw new Error(`this formula needs the transformation ${name}, which scripts/build/equations.mjs cannot draw`);
  }
  return { x, y, scaleX, scaleY };
}

function scaleOf({ scaleX, scaleY }) {
  const [x, y] = [rounded(scaleX, 3), rounded(scaleY, 3)];
  if (x === '1' && y === '1') return '';
  return x === y ? `scale(${x})` : `scale(${x} ${y})`;
}

/** Points that one step of each command of an outline takes. */
const pointsOf = { M: 1, L: 1, T: 1, Q: 2, S: 2, C: 3 };

/** MathJax's outline (absolute commands) on our grid, in relative steps with the fewest characters. */
function outlineOf(d) {
  let steps = '';
  let previous = '';
  let start;
  let begin = [0, 0];
  let pen = [0, 0];
  const put = (command, values) => {
    const text = numbers(values);
    steps += command !== previous ? command + text : values[0] < 0 ? text : ` ${text}`;
    previous = command;
  };
  for (const [, command, list] of d.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const values = (list.match(/-?[\d.]+/g) ?? []).map((number) => Math.round(Number(number) / coarser));
    if (command === 'Z') {
      steps += 'z';
      previous = 'z';
      pen = begin;
    } else if (command === 'H' || command === 'V') {
      const axis = command === 'H' ? 0 : 1;
      const to = values.at(-1);
      if (to !== pen[axis]) put(command.toLowerCase(), [to - pen[axis]]);
      pen = axis === 0 ? [to, pen[1]] : [pen[0], to];
    } else if (pointsOf[command]) {
      const size = 2 * pointsOf[command];
      for (let i = 0; i < values.length; i += size) {
        const points = values.slice(i, i + size);
        const moves = points.map((value, k) => value - pen[k % 2]);
        pen = points.slice(-2);
        if (command === 'M') begin = pen;
        if (command === 'M' && !start) start = pen;
        else if (command === 'L' && moves[1] === 0) put('h', [moves[0]]);
        else if (command === 'L' && moves[0] === 0) put('v', [moves[1]]);
        else if (command === 'M' || moves.some((move) => move !== 0)) put(command.toLowerCase(), moves);
      }
    } else
      throw new Error(`MathJax drew with the command ${command}, which scripts/build/equations.mjs cannot shorten`);
  }
  return { start, steps, end: pen };
}

/** Whole numbers as SVG reads them: a sign needs no space before it. */
function numbers(values) {
  return values.map((value, i) => (i > 0 && value >= 0 ? ` ${value}` : String(value))).join('');
}

function rounded(value, digits) {
  return String(Number(value.toFixed(digits)) + 0);
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
