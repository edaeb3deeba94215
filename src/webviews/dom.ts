/** What an element may be built from. Text is always text, never markup. */
export type Content = Node | string | number | null | undefined | false;

/** Attributes by name; `true` writes the bare attribute, `false` and `undefined` leave it out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const svgNamespace = 'http://www.w3.org/2000/svg';

function fill(element: Element, attributes: Attributes, contents: readonly Content[]): void {
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  for (const content of contents) {
    if (content === null || content === undefined || content === false) continue;
    element.append(typeof content === 'number' ? String(content) : content);
  }
}

/** Builds an HTML element. Styles are for classes and the object model: a `style` attribute would not pass the policy. */
export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...contents: readonly Content[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, attributes, contents);
  return element;
}

/** Builds an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...contents: readonly Content[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(svgNamespace, tag);
  fill(element, attributes, contents);
  return element;
}

/** Sets, replaces or removes an attribute, and only where that changes something. */
export function setAttribute(element: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) {
    element.removeAttribute(name);
    return;
  }
  const text = value === true ? '' : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Replaces the text of an element, and only where it differs, so that live regions and selections stay calm. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

let identifiers = 0;

/** An id for `aria-labelledby` and its like, unique in the page. */
export function uniqueId(purpose: string): string {
  return `${purpose}-${++identifiers}`;
}

/** The elements and attributes that an equation is made of; whatever else a drawing holds is left out. */
const drawingElements = new Set([
  'svg',
  'g',
  'defs',
  'path',
  'use',
  'rect',
  'line',
  'text',
  'title',
  'ellipse',
  'polygon',
]);
const drawingAttributes =
  /^(viewBox|width|height|x|y|x1|x2|y1|y2|rx|ry|cx|cy|d|points|id|transform|fill|stroke|stroke-width|stroke-dasharray|stroke-linecap|font-family|font-size|text-anchor|preserveAspectRatio|role|aria-hidden|focusable|data-[\w-]+)$/;

/**
 * Reads an SVG drawing from text without running anything that it might carry: scripts, handlers, styles and links out
 * of the drawing do not come through. Undefined where the text is no drawing.
 */
export function parseDrawing(text: string): SVGSVGElement | undefined {
  if (text.trim() === '') return undefined;
  // Styles would be left out below anyway; taken out first, the parser need not complain of them to the policy.
  const plain = text.replace(/\sstyle="[^"]*"/g, '');
  const parsed = new DOMParser().parseFromString(plain, 'image/svg+xml').documentElement;
  if (parsed.namespaceURI !== svgNamespace || parsed.localName !== 'svg') return undefined;
  return copyDrawing(parsed) as SVGSVGElement;
}

function copyDrawing(source: Element): SVGElement {
  const copy = document.createElementNS(svgNamespace, source.localName);
  for (const { name, value } of source.attributes) {
    const withinDrawing = (name === 'href' || name === 'xlink:href') && value.startsWith('#');
    if (withinDrawing) copy.setAttribute('href', value);
    else if (drawingAttributes.test(name)) copy.setAttribute(name, value);
  }
  for (const child of source.childNodes) {
    if (child instanceof Element) {
      if (child.namespaceURI === svgNamespace && drawingElements.has(child.localName)) copy.append(copyDrawing(child));
    } else if (child.nodeType === Node.TEXT_NODE) {
      copy.append(child.textContent ?? '');
    }
  }
  return copy;
}
