/** Whether a file is the user's own: not of a package that it imports. */
export function isUserFile(file: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(file);
}
