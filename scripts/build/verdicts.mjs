/**
 * Writes `docs/verdicts.md` and its pictures from `snippets/verdicts.json`, which only `marginalia verify` writes:
 * `node scripts/build/verdicts.mjs`. A test holds the pages to what this makes.
 */
import { transformSync } from 'esbuild';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../tools/root.mjs';

/** @typedef {import('../../src/corpus/method.ts').Method} Method */
/** @typedef {import('../../src/corpus/verdicts.ts').RecordedVerdict} RecordedVerdict */

const pictures = 'docs/images/verdicts';

/** The headings are the library's. */
const { code } = transformSync(readFileSync(join(root, 'src/corpus/family-name.ts'), 'utf8'), { loader: 'ts' });
/** @type {typeof import('../../src/corpus/family-name.ts')} */
const { familyName } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

/** What the pages should be, by their paths in the repository. @returns {Map<string, string>} */
export function verdictPages() {
  const { methods } = /** @type {{ methods: readonly Method[] }} */ (read('dist/methods.json'));
  const verdicts = /** @type {Record<string, RecordedVerdict>} */ (read('snippets/verdicts.json'));
  const known = methods.filter(({ id }) => verdicts[id] !== undefined);
  const pages = new Map(known.map((method) => [picture(method), drawCurve(method, verdicts[method.id])]));
  pages.set('docs/verdicts.md', pageOf(known, verdicts));
  return pages;
}

/** @param {string} file @returns {unknown} */
function read(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

/** @param {Method} method */
const picture = ({ id }) => `${pictures}/${id}.svg`;

/** @param {readonly Method[]} methods @param {Record<string, RecordedVerdict>} verdicts */
function pageOf(methods, verdicts) {
  const count = (/** @type {string} */ wanted) => methods.filter(({ id }) => verdicts[id].verdict === wanted).length;
  const counts = [`${count('holds')} hold`, `${count('fails')} fail`, `${count('inconclusive')} are inconclusive`];
  const told = counts.filter((words) => !words.startsWith('0 ')).join(', ');
  const families = [...new Set(methods.map(({ family }) => family))].sort().flatMap((family) => [
    `## ${familyName(family)}`,
    [
      '| paper | question | verdict | effect | main curve |',
      '| --- | --- | --- | --- | --- |',
      ...methods
        .filter((method) => method.family === family)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map((method) => rowOf(method, verdicts[method.id])),
    ].join('\n'),
  ]);
  return [
    '# Verdicts',
    `Generated from \`snippets/verdicts.json\`, which \`npm run verify\` writes; do not edit it by hand. Of ${methods.length} claims ${told}.`,
    'The effect is the value of the claim’s first condition with its 95 % interval over seeds, and what it had to be; all conditions of a claim must be met for it to hold. A claim that `fails` does so at this scale, and the card of its method says why. “Without the idea” names baselines and ablations that were put in the place of the method, and what the claim came to then: a check that still held would say nothing. Curves are medians over seeds, the method’s in colour.',
    ...families,
    '',
  ].join('\n\n');
}

/** @param {Method} method @param {RecordedVerdict} verdict */
function rowOf(method, { verdict, effect, conditions, seeds, sabotage, curve }) {
  const { id, family, paper, experiment } = method;
  const { label, value, interval, relation, bound } = effect;
  const swaps = Object.entries(sabotage).map(([arm, outcome]) => `\`${arm}\` ${outcome}`);
  const cells = [
    `[${id}](../snippets/${family}/${id}/experiment.ts)<br>${escapeCell(paper.title)}, ${paper.year}`,
    escapeCell(experiment.question),
    `**${verdict}**`,
    `${escapeCell(label)}: ${shown(value)} [${interval.map(shown).join(', ')}], ${relation} ${bound}; ${conditions} ${conditions === 1 ? 'condition' : 'conditions'}, ${seeds} seeds.<br>Without the idea: ${swaps.join(', ')}`,
    `![${escapeCell(`${curve.metric} of ${id}`)}](images/verdicts/${id}.svg)`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** @param {string} text */
function escapeCell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*').replaceAll('_', '\\_');
}

/** @param {number | null} value */
function shown(value) {
  return value === null ? '?' : String(Number(value.toPrecision(3)));
}

const [width, height, margin] = [180, 72, 4];

/**
 * The curves of all arms, without axes: a picture for the eye, beside the numbers.
 * @param {Method} method @param {RecordedVerdict} verdict
 */
function drawCurve({ experiment }, { curve }) {
  const { metric, logarithmic, arms } = curve;
  const x = scale(logarithmic.steps, Object.values(arms).flatMap(({ steps }) => steps), [margin, width - margin]); // prettier-ignore
  const y = scale(logarithmic.values, Object.values(arms).flatMap(({ values }) => values), [height - margin, margin]); // prettier-ignore
  const role = new Map(experiment.arms.map((arm) => [arm.name, arm.role]));
  // The method is drawn last, above the others.
  const order = ['reference', 'ablation', 'baseline', 'method'];
  const rank = (/** @type {string} */ arm) => order.indexOf(role.get(arm) ?? 'baseline');
  const marks = Object.keys(arms)
    .toSorted((a, b) => rank(a) - rank(b))
    .map((arm) => {
      const points = arms[arm].steps.map((step, i) => [x(step), y(arms[arm].values[i])]);
      return `<g class="${role.get(arm)}"><title>${arm}</title>${markOf(points)}</g>`;
    });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"><title>${metric}</title><style>path{fill:none;stroke-width:1.5}circle{stroke:none}.method{stroke:#0b69c7;fill:#0b69c7}.method path{stroke-width:2.5}.baseline{stroke:#767676;fill:#767676}.ablation{stroke:#b35900;fill:#b35900;stroke-dasharray:4 2}.reference{stroke:#767676;fill:#767676;stroke-dasharray:1 3}@media (prefers-color-scheme:dark){.method{stroke:#5cb0ff;fill:#5cb0ff}.baseline,.reference{stroke:#a0a0a0;fill:#a0a0a0}.ablation{stroke:#f0a050;fill:#f0a050}}</style>${marks.join('')}</svg>\n`;
}

/** A line with a gap where there is no number; a dot where there is one point only. @param {(number | undefined)[][]} points */
function markOf(points) {
  const drawn = points.filter(([x, y]) => x !== undefined && y !== undefined);
  if (drawn.length === 1) return `<circle cx="${drawn[0][0]}" cy="${drawn[0][1]}" r="3"/>`;
  let path = '';
  let pen = 'M';
  for (const [x, y] of points) {
    if (x === undefined || y === undefined) pen = 'M';
    else {
      path += `${pen}${x} ${y}`;
      pen = 'L';
    }
  }
  return `<path d="${path}"/>`;
}

/**
 * From values to the picture; what has no place on the scale becomes undefined.
 * @param {boolean} logarithmic @param {readonly (number | null)[]} values @param {[number, number]} range
 * @returns {(value: number | null) => number | undefined}
 */
function scale(logarithmic, values, [from, to]) {
  const place = (/** @type {number | null} */ value) =>
    value === null || (logarithmic && value <= 0) ? NaN : logarithmic ? Math.log(value) : value;
  const places = values.map(place).filter(Number.isFinite);
  const [low, high] = [Math.min(...places), Math.max(...places)];
  return (value) => {
    const share = high > low ? (place(value) - low) / (high - low) : 0.5;
    return Number.isFinite(share) ? Math.round(10 * (from + share * (to - from))) / 10 : undefined;
  };
}

if (process.argv[1] === import.meta.filename) {
  const pages = verdictPages();
  rmSync(join(root, pictures), { recursive: true, force: true });
  for (const [path, text] of pages) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  console.log(`Wrote docs/verdicts.md and ${pages.size - 1} pictures.`);
}
