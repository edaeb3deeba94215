/** Compiled and put in by `scripts/build/kernel.mjs`. */
declare module '*.wasm' {
  const bytes: Uint8Array;
  export default bytes;
}
