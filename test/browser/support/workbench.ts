/** What a person does in the editor's own interface. */
import type { Locator, Page } from 'playwright-core';

const patience = 60_000;

/** How long one try may take. */
const tryFor = 8000;

/**
 * Tries as often as it takes. In a slow window a box closes because what was opened before it takes the focus only now, a list
 * changes under the click, a command is not there yet: a person would close what is open and begin again.
 */
async function persist<T>(page: Page, attempt: () => Promise<T>): Promise<T> {
  const until = Date.now() + patience;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > until) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Opens the box of commands and files with its keys, and types into it. */
async function typeIntoQuickInput(page: Page, keys: string, text: string): Promise<Locator> {
  const input = page.locator('.quick-input-widget input[type="text"]');
  await page.keyboard.press(keys);
  await input.fill(text, { timeout: tryFor });
  return input;
}

/** One try to run a command from the palette by its whole title. */
async function tryCommand(page: Page, title: string): Promise<void> {
  await typeIntoQuickInput(page, 'F1', `>${title}`);
  // Not the first row: a longer title may stand above it. Behind the title may stand its keys.
  const rows = '.quick-input-widget .monaco-list-row';
  await page.locator(`${rows}[aria-label="${title}"], ${rows}[aria-label^="${title},"]`).click({ timeout: tryFor });
}

/** Runs a command from the palette by its whole title. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await persist(page, () => tryCommand(page, title));
}

/** Runs a command that asks for a choice, and waits until a row with this text can be chosen. */
export async function openQuickPick(page: Page, title: string, text: string): Promise<Locator> {
  return persist(page, async () => {
    await tryCommand(page, title);
    const row = quickPickRow(page, text);
    await row.waitFor({ timeout: tryFor });
    return row;
  });
}

/** Has the window take another theme, by the name that the editor lists it under. */
export async function chooseTheme(page: Page, name: string): Promise<void> {
  await persist(page, async () => {
    await tryCommand(page, 'Preferences: Color Theme');
    await page.getByPlaceholder(/Color Theme/).fill(name, { timeout: tryFor });
    await quickPickRow(page, name).click({ timeout: tryFor });
  });
}

/** A row of the open quick pick that carries the text. */
export function quickPickRow(page: Page, text: string): Locator {
  return page.locator('.quick-input-widget .monaco-list-row', { hasText: text }).first();
}

/** Opens a file of the workspace by its name and waits until its text shows. */
export async function openFile(page: Page, name: string): Promise<void> {
  await persist(page, async () => {
    await typeIntoQuickInput(page, 'ControlOrMeta+p', name);
    await quickPickRow(page, name).click({ timeout: tryFor });
    await page.locator('.tab.active', { hasText: name }).waitFor({ timeout: tryFor });
  });
  await page.locator('.editor-instance .view-line').first().waitFor({ timeout: patience });
}

/** Moves the text cursor to a line (1-based) of the active editor and shows it. */
export async function goToLine(page: Page, line: number): Promise<void> {
  await persist(page, async () => {
    const input = await typeIntoQuickInput(page, 'ControlOrMeta+g', `:${line}`);
    await page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden', timeout: tryFor });
  });
}

/** Rests the pointer on the first visible occurrence of the text and waits for what the editor tells about it. */
export async function hover(page: Page, text: string): Promise<Locator> {
  const shown = page.locator('.monaco-hover:not(.hidden) .monaco-hover-content', { hasNotText: /^Loading/ }).first();
  return persist(page, async () => {
    const place = await placeOf(page, text);
    // From elsewhere, and in two moves: the editor begins to wait when the pointer comes to rest, not when it appears.
    await page.mouse.move(place.x, place.y + 200, { steps: 3 });
    await page.mouse.move(place.x - 3, place.y);
    await page.mouse.move(place.x, place.y, { steps: 3 });
    await shown.waitFor({ timeout: tryFor });
    return shown;
  });
}

/** The lens with this text, as a link to click. */
export function lens(page: Page, text: string | RegExp): Locator {
  return page.locator('.codelens-decoration a', { hasText: text }).first();
}

/** An entry of the status bar. */
export function statusBarItem(page: Page, text: string | RegExp): Locator {
  return page.locator('.part.statusbar .statusbar-item', { hasText: text }).first();
}

/** The tab with this title, whether or not it is the active one. */
export function tab(page: Page, title: string | RegExp): Locator {
  return page.locator('.tabs-container .tab', { hasText: title }).first();
}

/** Middle of the first visible occurrence of a text in an editor, in pixels of the page. */
async function placeOf(page: Page, text: string): Promise<{ x: number; y: number }> {
  const handle = await page.waitForFunction(
    (wanted) => {
      for (const line of document.querySelectorAll('.editor-instance .view-line')) {
        const start = line.textContent.replaceAll('\u00a0', ' ').indexOf(wanted);
        if (start < 0) continue;
        const range = document.createRange();
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        let offset = 0;
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const length = node.textContent?.length ?? 0;
          if (offset <= start && start < offset + length) range.setStart(node, start - offset);
          const end = start + wanted.length;
          if (offset < end && end <= offset + length) range.setEnd(node, end - offset);
          offset += length;
        }
        const box = range.getBoundingClientRect();
        if (box.width > 0) return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      }
      return undefined;
    },
    text,
    { timeout: patience },
  );
  const place = await handle.jsonValue();
  if (!place) throw new Error(`"${text}" is not to be seen in an editor.`);
  return place;
}
