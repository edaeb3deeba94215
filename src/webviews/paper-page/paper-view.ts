import { button, link } from '../controls.ts';
import { type Content, html, parseDrawing, uniqueId } from '../dom.ts';
import { formatAmount, formatDuration, formatNumber } from '../format.ts';
import type { FromPaperPage, PaperRun, ToPaperPage } from '../messages.ts';
import type { Equation, Method, MethodVerdict } from '../../corpus/method.ts';
import type { Paper } from '../../corpus/paper.ts';
import { describeDate } from './date.ts';

/** What the page may ask for. */
export interface PaperActions {
  post(message: FromPaperPage): void;
  /** Tells a screen reader what a click did. */
  answer(text: string): void;
}

/** The page of one paper: what it is, what it says, what one can do with it. */
export function createPaperView(message: ToPaperPage, actions: PaperActions): HTMLElement {
  const { paper, method, equations, bibtex, runs } = message;
  return html(
    'div',
    { class: 'paper' },
    createHeader(paper, method, actions),
    html(
      'main',
      {},
      method ? summarySection(method) : noMethodSection(),
      method && method.equations.length > 0 && equationsSection(method.equations, equations),
      method && pitfallsSection(method),
      method && experimentSection(method),
      method?.notes !== undefined && section('Notes', html('p', {}, method.notes)),
      (runs.length > 0 || method) && runsSection(runs, method, actions),
      method && snippetSection(method, actions),
      method && method.related.length > 0 && relatedSection(message, method, actions),
      paper.abstract !== undefined && abstractSection(paper.abstract),
      locationsSection(paper, actions),
      citationSection(bibtex, actions),
    ),
  );
}

function section(title: string, ...contents: readonly Content[]): HTMLElement {
  const id = uniqueId('section');
  return html('section', { class: 'part', 'aria-labelledby': id }, html('h2', { id }, title), ...contents);
}

function createHeader(paper: Paper, method: Method | undefined, actions: PaperActions): HTMLElement {
  const authors =
    paper.authors.length > 0
      ? paper.authors.join(', ')
      : paper.authorCount === undefined
        ? 'Authors not given by the source'
        : formatAmount(paper.authorCount, 'author');
  const linkable = paper.arxiv !== undefined || paper.doi !== undefined;
  const identifier =
    paper.arxiv !== undefined ? `arXiv:${paper.arxiv}` : paper.doi !== undefined ? `doi:${paper.doi}` : '';
  const facts: Content[] = [
    paper.date !== undefined && describeDate(paper.date),
    paper.venue,
    linkable && link(identifier, () => actions.post({ type: 'open-link' })),
    html('code', { title: 'Citation key' }, `@${paper.key}`),
  ].filter((fact) => fact !== undefined && fact !== false);
  return html(
    'header',
    { class: 'paper-header' },
    method && html('p', { class: 'aside' }, `${method.family} · ${method.kind}`),
    html('h1', {}, paper.title),
    html('p', { class: 'authors' }, authors),
    html('ul', { class: 'facts' }, ...facts.map((fact) => html('li', {}, fact))),
    html(
      'div',
      { class: 'actions', role: 'group', 'aria-label': 'Paper' },
      method && button('Scaffold experiment', () => actions.post({ type: 'scaffold' }), { kind: 'primary' }).element,
      method && button('Insert snippet', () => actions.post({ type: 'insert-snippet' })).element,
      linkable && button('Open paper', () => actions.post({ type: 'open-link' })).element,
      button('Copy BibTeX', () => cite(actions)).element,
    ),
  );
}

function cite(actions: PaperActions): void {
  actions.post({ type: 'cite' });
  actions.answer('BibTeX copied.');
}

function summarySection(method: Method): HTMLElement {
  return section('Summary', html('p', {}, method.summary), html('p', { class: 'insight' }, method.insight));
}

function noMethodSection(): HTMLElement {
  return html(
    'p',
    { class: 'empty' },
    'This paper is in the corpus without a built-in method, so there is nothing to scaffold. It can be cited and opened.',
  );
}

function equationsSection(equations: readonly Equation[], drawings: readonly string[]): HTMLElement {
  return section(
    'Equations',
    ...equations.map((equation, index) => {
      const drawing = parseDrawing(drawings[index] ?? '');
      drawing?.setAttribute('aria-hidden', 'true');
      const picture = drawing
        ? html('div', { class: 'formula', role: 'img', 'aria-label': equation.tex, tabindex: 0 }, drawing)
        : html('pre', { class: 'formula', tabindex: 0 }, equation.tex);
      return html(
        'figure',
        { class: 'equation' },
        html('figcaption', {}, equation.label),
        picture,
        equation.where !== '' && html('p', { class: 'aside' }, equation.where),
      );
    }),
  );
}

function pitfallsSection({ pitfalls }: Method): HTMLElement | false {
  if (pitfalls.length === 0) return false;
  return section('Pitfalls', html('ul', {}, ...pitfalls.map((pitfall) => html('li', {}, pitfall))));
}

function experimentSection({ experiment, verdict }: Method): HTMLElement {
  return section(
    'Experiment',
    html('p', { class: 'question' }, experiment.question),
    html('p', {}, html('strong', {}, 'Claim: '), experiment.statement),
    verdict && verdictParagraph(verdict),
    experiment.scaledDown !== '' && html('p', { class: 'aside' }, experiment.scaledDown),
    html(
      'p',
      { class: 'aside' },
      `Arms: ${experiment.arms.map((arm) => (arm.role === 'method' ? `${arm.name} (method)` : arm.name)).join(', ')}. About ${formatDuration(experiment.seconds)} on two cores.`,
    ),
  );
}

/** What our own verification found, and what becomes of the claim without the idea. */
function verdictParagraph({
  verdict,
  effect,
  conditions,
  seeds,
  seconds,
  engine,
  sabotage,
}: MethodVerdict): HTMLElement {
  const { label, value, interval, relation, bound } = effect;
  const number = (one: number | null) => (one === null ? '?' : formatNumber(one, 3));
  const swaps = Object.entries(sabotage).flatMap(([arm, outcome], index) => [
    index > 0 && ', ',
    html('code', {}, arm),
    ` ${outcome}`,
  ]);
  return html(
    'div',
    { class: 'verified' },
    html(
      'p',
      {},
      html('strong', {}, 'Verified: '),
      html('span', { class: `verdict-word ${verdict}` }, verdictWords[verdict]),
      `. ${label} ${number(value)} [${number(interval[0])}, ${number(interval[1])}], ${relation} ${formatNumber(bound)}.`,
    ),
    html(
      'p',
      { class: 'aside' },
      `${formatAmount(conditions, 'condition')}, ${formatAmount(seeds, 'seed')}, 95 % interval over seeds, ${formatDuration(seconds)} with ${engine}. In the place of the method: `,
      ...swaps,
      '.',
    ),
  );
}

const verdictWords = { holds: 'claim holds', fails: 'claim fails', inconclusive: 'inconclusive' } as const;

function runsSection(runs: readonly PaperRun[], method: Method | undefined, actions: PaperActions): HTMLElement {
  if (runs.length === 0) {
    const words = method ? 'Not run here yet. Scaffold the experiment and run it to see whether the claim holds.' : '';
    return section('Runs', html('p', { class: 'empty' }, words));
  }
  return section(
    'Runs',
    html(
      'div',
      { class: 'table-scroller', tabindex: 0, role: 'group', 'aria-label': 'Runs' },
      html(
        'table',
        { class: 'data' },
        html('caption', { class: 'only-heard' }, 'Runs of this method in this workspace'),
        html(
          'thead',
          {},
          html(
            'tr',
            {},
            ...['Run', 'Started', 'State', 'Verdict'].map((heading) => html('th', { scope: 'col' }, heading)),
          ),
        ),
        html(
          'tbody',
          {},
          ...runs.map((run) =>
            html(
              'tr',
              {},
              html(
                'th',
                { scope: 'row' },
                link(run.name, () => actions.post({ type: 'open-run', id: run.id })),
              ),
              html('td', {}, html('time', { datetime: run.created }, new Date(run.created).toLocaleString())),
              html('td', {}, html('span', { class: `status ${run.status}` }, run.status)),
              html(
                'td',
                {},
                run.verdict ? html('span', { class: `verdict-word ${run.verdict}` }, verdictWords[run.verdict]) : '–',
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

/** A text with what stands between backticks as code. */
function withCode(text: string): Content[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html('code', {}, part) : part));
}

function snippetSection({ snippet }: Method, actions: PaperActions): HTMLElement {
  return section(
    'Snippet',
    html('p', {}, ...withCode(snippet.about)),
    html('pre', { class: 'code', tabindex: 0, 'aria-label': 'Signature' }, html('code', {}, snippet.signature)),
    html(
      'p',
      { class: 'aside' },
      'Type ',
      html('code', {}, snippet.prefix),
      ' in an editor, or ',
      link('insert it', () => actions.post({ type: 'insert-snippet' })),
      '.',
    ),
  );
}

function relatedSection(message: ToPaperPage, method: Method, actions: PaperActions): HTMLElement {
  const known = new Map((message.related ?? []).map((related) => [related.name, related]));
  return section(
    'Related',
    html(
      'ul',
      {},
      ...method.related.map((name) => {
        const related = known.get(name);
        return html(
          'li',
          {},
          related ? link(related.title, () => actions.post({ type: 'open-paper', key: related.key })) : name,
        );
      }),
    ),
  );
}

function abstractSection(abstract: string): HTMLElement {
  return html(
    'details',
    { id: 'abstract', class: 'part' },
    html('summary', {}, html('h2', {}, 'Abstract')),
    html('p', {}, abstract),
  );
}

function locationsSection({ locations }: Paper, actions: PaperActions): HTMLElement {
  if (locations.length === 0)
    return section('Read from', html('p', { class: 'aside' }, 'Built into Marginalia with its method.'));
  return section(
    'Read from',
    html(
      'ul',
      { class: 'locations' },
      ...locations.map(({ file, line }, index) => {
        const name = file.split(/[\\/]/).pop() ?? file;
        const opener = link(`${name}, line ${line}`, () => actions.post({ type: 'open-location', index }));
        opener.title = file;
        return html('li', {}, opener);
      }),
    ),
  );
}

function citationSection(bibtex: string, actions: PaperActions): HTMLElement {
  const copy = button('Copy', () => {
    cite(actions);
    copy.setLabel('Copied');
    setTimeout(() => copy.setLabel('Copy'), 2000);
  });
  return section(
    'BibTeX',
    html('pre', { class: 'code', tabindex: 0, 'aria-label': 'BibTeX' }, html('code', {}, bibtex)),
    copy.element,
  );
}
