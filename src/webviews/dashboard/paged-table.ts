import { button } from '../controls.ts';
import { type Content, html, setText } from '../dom.ts';
import { formatCount } from '../format.ts';

/** What a table shows: columns of headings, and rows that are asked for when their page is. */
export interface TableContents {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly row: (index: number) => readonly Content[];
}

export interface PagedTable {
  readonly element: HTMLElement;
  show(contents: TableContents): void;
}

const pageSize = 100;

/** A table of any length, a hundred rows at a time; the first column heads its row. */
export function createPagedTable(): PagedTable {
  let contents: TableContents | undefined;
  let page = 0;
  const caption = html('caption');
  const head = html('tr');
  const body = html('tbody');
  const position = html('span', { class: 'page-position' });
  const scroller = html(
    'div',
    // Scrolled with the keyboard too.
    { class: 'table-scroller', tabindex: 0, role: 'group' },
    html('table', { class: 'data' }, caption, html('thead', {}, head), body),
  );
  const pages = () => Math.max(1, Math.ceil((contents?.rows ?? 0) / pageSize));
  const go = (next: number) => {
    page = next;
    render();
    scroller.scrollTop = 0;
  };
  const turners = [
    button('First rows', () => go(0), { picture: 'first' }),
    button('Previous rows', () => go(Math.max(0, page - 1)), { picture: 'previous' }),
    button('Next rows', () => go(Math.min(pages() - 1, page + 1)), { picture: 'next' }),
    button('Last rows', () => go(pages() - 1), { picture: 'last' }),
  ];
  const pager = html('div', { class: 'pager' }, ...turners.map(({ element }) => element), position);
  const element = html('div', { class: 'paged-table' }, scroller, pager);

  function render(): void {
    if (!contents) return;
    page = Math.min(page, pages() - 1);
    const from = page * pageSize;
    const to = Math.min(contents.rows, from + pageSize);
    setText(caption, contents.caption);
    scroller.setAttribute('aria-label', contents.caption);
    head.replaceChildren(...contents.columns.map((column) => html('th', { scope: 'col' }, column)));
    const rows: HTMLTableRowElement[] = [];
    for (let index = from; index < to; index++) {
      rows.push(
        html(
          'tr',
          {},
          ...contents
            .row(index)
            .map((cell, place) => (place === 0 ? html('th', { scope: 'row' }, cell) : html('td', {}, cell))),
        ),
      );
    }
    body.replaceChildren(...rows);
    pager.hidden = contents.rows <= pageSize;
    setText(position, `Rows ${formatCount(from + 1)} to ${formatCount(to)} of ${formatCount(contents.rows)}`);
  }
  return {
    element,
    show(next) {
      contents = next;
      render();
    },
  };
}
