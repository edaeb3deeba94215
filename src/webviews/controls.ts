import './style-nonce.ts';
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';
import { type Content, html, svg } from './dom.ts';

/** The editor's controls. The only module that knows which library they come from. */
provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeProgressRing(),
);

/** What we use of the toolkit's elements. */
interface ToolkitButton extends HTMLElement {
  appearance: 'primary' | 'secondary' | 'icon';
  disabled: boolean;
}
interface ToolkitCheckbox extends HTMLElement {
  checked: boolean;
}
interface ToolkitDropdown extends HTMLElement {
  value: string;
}
declare global {
  interface HTMLElementTagNameMap {
    'vscode-button': ToolkitButton;
    'vscode-checkbox': ToolkitCheckbox;
    'vscode-dropdown': ToolkitDropdown;
    'vscode-option': HTMLElement;
    'vscode-progress-ring': HTMLElement;
  }
}

const drawings = {
  'zoom-in': 'M7 3.5v7M3.5 7h7M10.6 10.6L14 14M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10z',
  'zoom-out': 'M4.5 7h5M10.6 10.6L14 14M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10z',
  whole: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  table: 'M2.5 3h11v10h-11zM2.5 6.5h11M2.5 9.8h11M6.5 6.5V13',
  save: 'M8 2v8M4.8 7L8 10.2 11.2 7M2.5 10.5v3h11v-3',
  picture: 'M2.5 3h11v10h-11zM3 11l3-3.2 2.4 2.4L10.8 7l2.4 2.6M6 6.2a.8.8 0 1 1-1.6 0 .8.8 0 0 1 1.6 0z',
  previous: 'M10 3L5 8l5 5',
  next: 'M6 3l5 5-5 5',
  first: 'M12 3L7 8l5 5M4.5 3v10',
  last: 'M4 3l5 5-5 5M11.5 3v10',
} as const;
export type Icon = keyof typeof drawings;

/** A pictogram in the colour of the text around it. */
export function icon(name: Icon): SVGSVGElement {
  return svg(
    'svg',
    { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: drawings[name] }),
  );
}

export interface ButtonControl {
  readonly element: HTMLElement;
  setLabel(label: string): void;
  setDisabled(disabled: boolean, why?: string): void;
  /** For a button that switches something on and off. */
  setPressed(pressed: boolean): void;
}

/** A push button. With an icon the label is heard and shown as a tooltip instead of written on it. */
export function button(
  label: string,
  press: () => void,
  { kind = 'secondary', picture }: { readonly kind?: 'primary' | 'secondary'; readonly picture?: Icon } = {},
): ButtonControl {
  const element = html('vscode-button');
  element.appearance = picture ? 'icon' : kind;
  if (picture) {
    element.append(icon(picture));
    element.title = label;
    element.setAttribute('aria-label', label);
  } else {
    element.textContent = label;
  }
  element.addEventListener('click', () => {
    if (!element.disabled) press();
  });
  return {
    element,
    setLabel(text) {
      if (picture) {
        element.title = text;
        element.setAttribute('aria-label', text);
      } else if (element.textContent !== text) {
        element.textContent = text;
      }
    },
    setDisabled(disabled, why) {
      if (element.disabled !== disabled) element.disabled = disabled;
      if (!picture) element.title = disabled && why !== undefined ? why : '';
    },
    setPressed(pressed) {
      element.setAttribute('aria-pressed', String(pressed));
      element.classList.toggle('pressed', pressed);
    },
  };
}

export interface CheckboxControl {
  readonly element: HTMLElement;
  set(checked: boolean): void;
}

export function checkbox(label: string, checked: boolean, change: (checked: boolean) => void): CheckboxControl {
  const element = html('vscode-checkbox');
  element.textContent = label;
  element.checked = checked;
  element.addEventListener('change', () => change(element.checked));
  return {
    element,
    set(value) {
      if (element.checked !== value) element.checked = value;
    },
  };
}

export interface DropdownControl {
  readonly element: HTMLElement;
  set(value: string): void;
  /** Replaces the options; the value stays where it is still among them. */
  setOptions(options: readonly { readonly value: string; readonly label: string }[]): void;
}

/** A labelled choice of one among several. */
export function dropdown(
  label: string,
  options: readonly { readonly value: string; readonly label: string }[],
  value: string,
  change: (value: string) => void,
): DropdownControl {
  const element = html('vscode-dropdown');
  element.setAttribute('aria-label', label);
  let current = value;
  let shown = '';
  const setOptions = (next: typeof options) => {
    const signature = JSON.stringify(next);
    if (signature === shown) return;
    shown = signature;
    element.replaceChildren(
      ...next.map((option) => {
        const child = html('vscode-option');
        child.setAttribute('value', option.value);
        child.toggleAttribute('selected', option.value === current);
        child.textContent = option.label;
        return child;
      }),
    );
  };
  setOptions(options);
  element.addEventListener('change', () => {
    current = element.value;
    change(current);
  });
  return {
    element: html('span', { class: 'labelled' }, html('span', { 'aria-hidden': 'true' }, label), element),
    set(next) {
      current = next;
      if (element.value !== next) element.value = next;
    },
    setOptions,
  };
}

/** A sign that something is on its way. */
export function progressRing(label: string): HTMLElement {
  const element = html('vscode-progress-ring');
  element.setAttribute('aria-label', label);
  return element;
}

export interface SliderControl {
  readonly element: HTMLElement;
  set(value: number): void;
}

/** A labelled slider (the toolkit has none). `write` puts its value in words. */
export function slider(
  label: string,
  {
    min,
    max,
    step,
    value,
  }: { readonly min: number; readonly max: number; readonly step: number; readonly value: number },
  write: (value: number) => string,
  change: (value: number) => void,
): SliderControl {
  const input = html('input', { type: 'range', min, max, step, value, 'aria-label': label });
  const output = html('output', { 'aria-hidden': 'true' }, write(value));
  const show = (current: number) => {
    output.textContent = write(current);
    input.setAttribute('aria-valuetext', write(current));
  };
  show(value);
  input.addEventListener('input', () => {
    show(input.valueAsNumber);
    change(input.valueAsNumber);
  });
  return {
    element: html('label', { class: 'labelled' }, html('span', {}, label), input, output),
    set(current) {
      input.valueAsNumber = current;
      show(current);
    },
  };
}

/** A control that reads as a link but stays in the editor. */
export function link(label: Content, press: () => void): HTMLButtonElement {
  const element = html('button', { class: 'link', type: 'button' }, label);
  element.addEventListener('click', press);
  return element;
}
