/**
 * How much code an entry point loads before anything is asked of it: itself and what it imports statically.
 * @param {import('esbuild').Metafile} metafile
 * @param {string} entry path of an output of it
 * @returns {number} bytes
 */
export function loadedBytes(metafile, entry) {
  let bytes = 0;
  /** @type {Set<string>} */
  const seen = new Set();
  /** @param {string} path */
  const visit = (path) => {
    const output = metafile.outputs[path];
    if (!output || seen.has(path)) return;
    seen.add(path);
    bytes += output.bytes;
    for (const imported of output.imports) if (imported.kind === 'import-statement') visit(imported.path);
  };
  visit(entry);
  return bytes;
}
