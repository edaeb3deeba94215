import { button, checkbox } from '../controls.ts';
import { html, setText } from '../dom.ts';
import { formatAmount, formatCount } from '../format.ts';
import { onNextFrame } from '../frame.ts';
import { createConsoleLog, findInLines, type Found, linesPerBlock } from './console-log.ts';
import type { DashboardContext } from './context.ts';

export interface ConsoleTab {
  readonly element: HTMLElement;
  update(): void;
}

/** At most this many places are lit up at once; one can still walk through all. */
const highlightsAtMost = 2000;

/** What the run printed, following its end, with a search. */
export function createConsoleTab(context: DashboardContext): ConsoleTab {
  const log = createConsoleLog();
  let found: Found[] = [];
  let current = -1;

  const blocks: HTMLPreElement[] = [];
  const output = html('div', {
    class: 'console',
    role: 'log',
    'aria-label': 'Console',
    'aria-live': 'off',
    tabindex: 0,
  });
  const empty = html(
    'p',
    { class: 'empty' },
    'Nothing has been printed. What the experiment writes with console.log appears here.',
  );
  const search = html('input', {
    type: 'search',
    placeholder: 'Search',
    'aria-label': 'Search the console',
    spellcheck: 'false',
  });
  const count = html('span', { class: 'aside', role: 'status' });
  const follow = checkbox('Follow the end', context.ui.followConsole, (checked) => {
    context.changeUi({ followConsole: checked });
    if (checked) toEnd();
  });
  const tools = html(
    'div',
    { class: 'toolbar' },
    search,
    button('Previous match', () => go(-1), { picture: 'previous' }).element,
    button('Next match', () => go(1), { picture: 'next' }).element,
    count,
    follow.element,
  );
  const element = html('section', { class: 'console-tab', 'aria-label': 'Console' }, tools, empty, output);

  function toEnd(): void {
    output.scrollTop = output.scrollHeight;
  }

  /** Brings the blocks from the one with `line` on up to date. */
  function showFrom(line: number): void {
    for (let block = Math.floor(line / linesPerBlock); block * linesPerBlock < log.lines.length; block++) {
      let shown = blocks[block];
      if (!shown) {
        shown = html('pre');
        blocks.push(shown);
        output.append(shown);
      }
      setText(shown, log.lines.slice(block * linesPerBlock, (block + 1) * linesPerBlock).join('\n') + '\n');
    }
  }

  function rangeOf({ line, column }: Found): Range | undefined {
    const text = blocks[Math.floor(line / linesPerBlock)]?.firstChild;
    if (!text) return undefined;
    let offset = column;
    for (let before = line - (line % linesPerBlock); before < line; before++) offset += log.lines[before]!.length + 1;
    const range = new Range();
    range.setStart(text, offset);
    range.setEnd(text, offset + search.value.length);
    return range;
  }

  /** Lights up what was found, through the browser's own highlights: the text stays as it is. */
  function highlight(): void {
    if (!('highlights' in CSS)) return;
    const near = Math.max(0, current - highlightsAtMost / 2);
    const ranges = found
      .slice(near, near + highlightsAtMost)
      .map(rangeOf)
      .filter((range) => range !== undefined);
    CSS.highlights.set('found', new Highlight(...ranges));
    const chosen = found[current];
    const here = chosen && rangeOf(chosen);
    CSS.highlights.set('found-here', new Highlight(...(here ? [here] : [])));
  }

  function showCount(): void {
    if (search.value === '') setText(count, '');
    else if (found.length === 0) setText(count, 'No match');
    else if (current < 0) setText(count, formatAmount(found.length, 'match', 'matches'));
    else setText(count, `${formatCount(current + 1)} of ${formatCount(found.length)}`);
  }

  function go(direction: 1 | -1): void {
    if (found.length === 0) return;
    current = current < 0 && direction < 0 ? found.length - 1 : (current + direction + found.length) % found.length;
    const range = rangeOf(found[current]!);
    if (range) {
      const place = range.getBoundingClientRect();
      const view = output.getBoundingClientRect();
      if (place.top < view.top || place.bottom > view.bottom)
        output.scrollTop += place.top - view.top - view.height / 2;
    }
    highlight();
    showCount();
  }

  search.addEventListener('input', () => {
    found = findInLines(log.lines, search.value);
    current = -1;
    highlight();
    showCount();
  });
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  });
  output.addEventListener('scroll', () => {
    // Scrolling up lets go of the end, scrolling back to it follows again.
    const atEnd = output.scrollHeight - output.scrollTop - output.clientHeight < 8;
    if (element.checkVisibility() && atEnd !== context.ui.followConsole) {
      follow.set(atEnd);
      context.changeUi({ followConsole: atEnd });
    }
  });

  const render = onNextFrame(() => {
    const text = context.model.console;
    context.model.console = '';
    if (text !== '') {
      const first = log.append(text);
      showFrom(first);
      if (search.value !== '') {
        found = [...found.filter(({ line }) => line < first), ...findInLines(log.lines, search.value, first)];
        highlight();
        showCount();
      }
    }
    empty.hidden = log.lines.length > 0;
    output.hidden = log.lines.length === 0;
    if (context.ui.followConsole) toEnd();
  });
  return { element, update: render };
}
