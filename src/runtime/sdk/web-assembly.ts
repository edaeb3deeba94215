/** The language's own, of which neither the DOM's types nor Node's are there. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports?: object) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
};

/**
 * Starts a module of ours, of whose bytes the build is certain.
 *
 * @param imports what the module imports, by its two names.
 * @returns what it exports.
 */
export function startModule(bytes: Uint8Array, imports: object = {}): unknown {
  if (!WebAssembly.validate(bytes)) {
    // Node 20 has to be told to have the fused multiply and add that later ones have by themselves. Not imported, because
    // the sdk imports nothing of Node.
    process.getBuiltinModule('node:v8').setFlagsFromString('--experimental-wasm-relaxed-simd');
  }
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
}
