import type { Corpus } from '../corpus/corpus.ts';

/**
 * The corpus of the built-in methods and of the given source files.
 * @param distribution folder of the built bundles
 */
export async function readCorpus(distribution: string, files: readonly string[]): Promise<Corpus> {
  const [{ buildCorpus }, { loadMethods }, { readSources }] = await Promise.all([
    import('../corpus/corpus.ts'),
    import('../corpus/load-methods.ts'),
    import('../corpus/read-sources.ts'),
  ]);
  return buildCorpus(await loadMethods(distribution), await readSources(files, {}));
}
