/** The commands that a paper's card may carry as links; the editor lets no other command through. */
export const linkedCommands = [
  'marginalia.openPaper',
  'marginalia.citePaper',
  'marginalia.scaffold',
  'marginalia.openDashboard',
] as const;

/** Address of a command with its arguments, for a link in Markdown. */
export function commandLink(command: (typeof linkedCommands)[number], ...args: readonly string[]): string {
  const encoded = encodeURIComponent(JSON.stringify(args));
  return `command:${command}?${encoded.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)}`;
}
