/** Something lies where an export was to be written, and nobody said that it may be replaced. */
export class TargetExistsError extends Error {
  override readonly name = 'TargetExistsError';
  readonly target: string;

  constructor(target: string) {
    super(`${target} exists already. Nothing was written: choose another name, or allow it to be replaced.`);
    this.target = target;
  }
}
