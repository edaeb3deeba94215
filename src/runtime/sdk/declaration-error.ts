/** An experiment, or what was asked of it, is not put right; the message says what to write. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';
}
