/**
 * Text for Markdown that shows exactly these characters: nothing of it can become markup, HTML, a link, an icon or a
 * picture. Line breaks become spaces, so it cannot leave the paragraph that it stands in.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(/[!-/:-@[-`{-~]/g, (character) => entities[character] ?? `\\${character}`)
    .trim();
}

/** What Markdown reads as markup even behind a backslash, or what HTML reads. */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A link whose text is ours and whose address is checked: `https` and commands only. */
export function markdownLink(text: string, address: string, title?: string): string {
  if (!/^(?:https|command):[^\s()<>"]*$/.test(address)) return escapeMarkdown(text);
  return `[${escapeMarkdown(text)}](${address}${title === undefined ? '' : ` "${escapeMarkdown(title)}"`})`;
}

/** A picture from an SVG text; `label` is what is read out in its place. */
export function markdownPicture(label: string, svg: string): string {
  return `![${escapeMarkdown(label)}](data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')})`;
}
