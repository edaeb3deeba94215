/** What people have written on a run. */
export interface Labels {
  /** Shown instead of the name that the run got from its experiment. */
  readonly name?: string;
  readonly tags: readonly string[];
  /** Text of any length up to 100,000 characters; empty where there is none. */
  readonly note: string;
}

/** The labels of a run on which nobody has written anything. */
export const noLabels: Labels = { tags: [], note: '' };

/** What to change of a run's labels; an empty name takes the given one away. */
export interface LabelChange {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly note?: string;
}

/** Tags as a person types them, with commas between them: `baseline, keep`. Each once, without spaces around it. */
export function tagsFrom(text: string): readonly string[] {
  return distinctTags(text.split(','));
}

/** Each tag once, without spaces around it, and none that is empty. */
export function distinctTags(tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
}
