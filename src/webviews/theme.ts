import { type Colour, luminance, parseColour, readable, writeColour } from './colour.ts';

/** What drawings on canvases need to know of the editor's theme; everything else reads the variables in CSS. */
export interface Theme {
  readonly dark: boolean;
  readonly highContrast: boolean;
  readonly background: Colour;
  readonly foreground: Colour;
  /** Of labels and axes. */
  readonly muted: Colour;
  readonly fontFamily: string;
}

const black: Colour = [0, 0, 0];
const white: Colour = [255, 255, 255];

/** The least contrast of lines and marks with their background, after WCAG 2.2, 1.4.11; more where more is asked for. */
export function markContrast(theme: Theme): number {
  return theme.highContrast ? 4.5 : 3;
}

/** Reads the editor's theme as it is now. */
export function readTheme(): Theme {
  const styles = getComputedStyle(document.body);
  const colour = (name: string) => parseColour(styles.getPropertyValue(`--vscode-${name}`));
  const kind = document.body.dataset.vscodeThemeKind ?? document.body.className;
  const background = colour('editor-background') ?? (kind.includes('light') ? white : black);
  const dark = luminance(background) < 0.18;
  const foreground = colour('editor-foreground') ?? colour('foreground') ?? (dark ? white : black);
  return {
    dark,
    highContrast: kind.includes('high-contrast'),
    background,
    foreground,
    muted: readable(colour('descriptionForeground') ?? foreground, background, 4.5),
    fontFamily: styles.getPropertyValue('--vscode-font-family') || 'system-ui, sans-serif',
  };
}

/**
 * Colours of outcomes, taken from the theme and brought to a contrast at which they can be read as text on the theme's
 * background; CSS reads them as `--holds`, `--fails`, `--unsure`.
 */
function publishOutcomeColours({ background }: Theme): void {
  const styles = getComputedStyle(document.body);
  for (const [name, variable, fallback] of [
    ['holds', '--vscode-testing-iconPassed', [115, 201, 145]],
    ['fails', '--vscode-testing-iconFailed', [241, 76, 76]],
    ['unsure', '--vscode-editorWarning-foreground', [204, 167, 0]],
  ] as const) {
    const colour = parseColour(styles.getPropertyValue(variable)) ?? fallback;
    document.documentElement.style.setProperty(`--${name}`, writeColour(readable(colour, background, 4.7)));
  }
}

/** Calls back at once and whenever the editor's theme changes. */
export function followTheme(changed: (theme: Theme) => void): void {
  const apply = () => {
    const theme = readTheme();
    publishOutcomeColours(theme);
    changed(theme);
  };
  // The editor writes the variables first and the class last, all in one turn: one callback sees both.
  new MutationObserver(apply).observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-kind', 'data-vscode-theme-id'],
  });
  apply();
}
