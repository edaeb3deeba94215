/** A kind of theme with the variables that our pages read, in the manner of the editor's own themes. */
export interface ThemeUnderTest {
  readonly kind: string;
  readonly variables: Readonly<Record<string, string>>;
}

const fonts = {
  'font-family': 'system-ui, sans-serif',
  'font-size': '13px',
  'editor-font-family': 'monospace',
  'editor-font-size': '14px',
};

function plain(background: string, foreground: string, quiet: string, raised: string, accent: string, edge: string) {
  return {
    ...fonts,
    'editor-background': background,
    'editor-foreground': foreground,
    foreground,
    descriptionForeground: quiet,
    focusBorder: accent,
    'textLink-foreground': accent,
    'textLink-activeForeground': accent,
    'button-secondaryBackground': raised,
    'button-secondaryForeground': foreground,
    'button-secondaryHoverBackground': raised,
    'dropdown-background': raised,
    'dropdown-border': edge,
    'dropdown-foreground': foreground,
    'checkbox-background': raised,
    'checkbox-border': edge,
    'checkbox-foreground': foreground,
    'input-background': raised,
    'input-foreground': foreground,
    'input-border': edge,
    'input-placeholderForeground': quiet,
    'editorHoverWidget-background': raised,
    'editorHoverWidget-foreground': foreground,
    'editorHoverWidget-border': edge,
    'progressBar-background': accent,
    'panelTitle-activeForeground': foreground,
    'panelTitle-inactiveForeground': quiet,
    'panelTitle-activeBorder': accent,
    'textCodeBlock-background': raised,
    'icon-foreground': foreground,
    'testing-iconPassed': '#73c991',
    'testing-iconFailed': '#f14c4c',
    'editorWarning-foreground': '#cca700',
  };
}

const filled = { 'button-background': '#005fb8', 'button-foreground': '#ffffff', 'button-hoverBackground': '#0258a8' };

export const dark: ThemeUnderTest = {
  kind: 'vscode-dark',
  variables: { ...plain('#1f1f1f', '#cccccc', '#9d9d9d', '#313131', '#4daafc', '#3c3c3c'), ...filled },
};

export const light: ThemeUnderTest = {
  kind: 'vscode-light',
  variables: { ...plain('#ffffff', '#3b3b3b', '#5f5f5f', '#f2f2f2', '#005fb8', '#cecece'), ...filled },
};
