/** A setup, or a step of it, that could not be finished: what failed and what a person can do about it. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
