/** Text for a label (lens, list, tree) that shows exactly these characters: the editor draws `$(name)` in labels as icons. */
export function plainLabel(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('$(', '$\u200b(');
}
