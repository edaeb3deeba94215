import { existsSync } from 'node:fs';

/**
 * Whether a file is the user's own: not of a package that it imports, nor one that such a package's source map names and
 * nobody has delivered.
 */
export function isUserFile(file: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(file) && existsSync(file);
}
