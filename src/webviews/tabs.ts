import { html, setAttribute, setText, uniqueId } from './dom.ts';

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly panel: HTMLElement;
}

export interface Tabs {
  readonly element: HTMLElement;
  readonly selected: string;
  select(id: string): void;
  /** Changes what a tab is called, e.g. with a count. */
  setLabel(id: string, label: string): void;
}

/** Panels of which one is shown: arrow keys move between tabs, which wrap where there is little room. */
export function createTabs(label: string, tabs: readonly Tab[], selected: string, changed: (id: string) => void): Tabs {
  const list = html('div', { class: 'tab-list', role: 'tablist', 'aria-label': label });
  const element = html('div', { class: 'tabs' }, list);
  const buttons = new Map<string, HTMLButtonElement>();
  let current = tabs.some((tab) => tab.id === selected) ? selected : tabs[0]!.id;

  const show = () => {
    for (const { id, panel } of tabs) {
      const chosen = id === current;
      setAttribute(buttons.get(id)!, 'aria-selected', String(chosen));
      setAttribute(buttons.get(id)!, 'tabindex', chosen ? 0 : -1);
      panel.hidden = !chosen;
    }
  };
  const select = (id: string) => {
    if (id === current || !buttons.has(id)) return;
    current = id;
    show();
    changed(id);
  };
  for (const tab of tabs) {
    const own = uniqueId('tab');
    const panelId = uniqueId('panel');
    const button = html(
      'button',
      { id: own, class: 'tab', type: 'button', role: 'tab', 'aria-controls': panelId },
      tab.label,
    );
    button.addEventListener('click', () => select(tab.id));
    buttons.set(tab.id, button);
    list.append(button);
    setAttribute(tab.panel, 'id', panelId);
    setAttribute(tab.panel, 'role', 'tabpanel');
    setAttribute(tab.panel, 'aria-labelledby', own);
    tab.panel.classList.add('tab-panel');
    element.append(tab.panel);
  }
  list.addEventListener('keydown', (event) => {
    const place = tabs.findIndex((tab) => tab.id === current);
    const next = {
      ArrowRight: (place + 1) % tabs.length,
      ArrowLeft: (place - 1 + tabs.length) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(tabs[next]!.id);
    buttons.get(current)!.focus();
  });
  show();
  return {
    element,
    get selected() {
      return current;
    },
    select,
    setLabel: (id, text) => setText(buttons.get(id)!, text),
  };
}
