/** Kinds of theme that the editor tells apart. */
export type ThemeKind = 'light' | 'dark' | 'high-contrast-dark' | 'high-contrast-light';

/** Ink for each kind of theme: at least 10:1 against the card's background of VS Code's own themes of that kind. */
const ink: Readonly<Record<ThemeKind, string>> = {
  light: '#1f1f1f',
  dark: '#e4e4e4',
  'high-contrast-dark': '#ffffff',
  'high-contrast-light': '#000000',
};

/** Pixels of an em in a card. */
const pixelsPerEm = 15;

/**
 * An equation's SVG as a picture that stands alone: in the ink of the theme (a picture does not inherit the text's colour)
 * and measured in pixels (it does not inherit the text's size either).
 */
export function equationPicture(svg: string, theme: ThemeKind): string {
  const end = svg.indexOf('>');
  const root = svg.slice(0, end).replace(/\b(width|height)="([\d.]+)em"/g, (_, name: string, em: string) => {
    return `${name}="${Math.ceil(Number(em) * pixelsPerEm)}"`;
  });
  return `${root} color="${ink[theme]}"${svg.slice(end)}`;
}
