/** Thrown where an experiment asks something of an engine that this engine cannot do and another can. */
export class LackingError extends Error {
  override readonly name = 'LackingError';
  /** What the engine lacks, as it stands behind "it lacks": `the kernel Unique`. */
  readonly lack: string;

  constructor(message: string, lack: string) {
    super(message);
    this.lack = lack;
  }
}

/** What the engine lacks that this error tells of; `undefined` for any other. Engines are bundles with a class of their own each. */
export function lackOf(error: unknown): string | undefined {
  return error instanceof Error && error.name === 'LackingError'
    ? (error as Error & { readonly lack: string }).lack
    : undefined;
}
