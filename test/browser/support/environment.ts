/** What the runner hands to the tests in the environment. */
export function environment(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set. Run these tests with: node scripts/test.mjs browser`);
}
