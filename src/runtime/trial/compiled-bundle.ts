import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { cacheFolder } from '../tensorflow-setup/installation.ts';

/** A bundle that has been loaded, with what V8 made of it. */
export interface CompiledBundle {
  readonly exports: unknown;
  /** Keeps what V8 has compiled by now for the next process, unless that has been done. Never throws. */
  readonly keep: () => void;
}

/** Compiled code that nobody has written for so long goes when other code comes. */
const keptDays = 30;

/**
 * Loads a CommonJS bundle as `require` does, but with the machine code of an earlier process where there is one: compiling
 * the tensor engines takes half as long as starting Node. The code lies in the user's cache, named by the source it was made
 * of, by where that lies, which stacks of the code go on to tell, and by what V8 makes it depend on; it is read only whole.
 *
 * @param file absolute path of the bundle.
 */
export function loadCompiled(file: string): CompiledBundle {
  const source = readFileSync(file);
  const folder = join(cacheFolder(), 'compiled');
  const sum = crc32(source, crc32(file));
  const name = `${basename(file)}-${sum.toString(16)}-${source.length}-${cachedDataVersionTag().toString(16)}`;
  const kept = readKept(join(folder, name));
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) { ${source.toString('utf8')}\n})`,
    { filename: file, ...(kept !== undefined && { cachedData: kept }) },
  );
  let done = kept !== undefined && script.cachedDataRejected !== true;

  const require = createRequire(file);
  const module = new Module(file);
  // Other bundles that require this one get the same.
  require.cache[file] = module;
  const evaluate = script.runInThisContext() as (...given: unknown[]) => void;
  evaluate(module.exports, require, module, file, dirname(file));
  return {
    exports: module.exports,
    keep() {
      if (done) return;
      done = true;
      try {
        keepCode(folder, name, script.createCachedData());
      } catch {
        // A cache that cannot be written costs the next process some time, and nothing else.
      }
    },
  };
}

/** Four bytes of checksum, then the code. */
function readKept(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    const code = bytes.subarray(4);
    return bytes.readUInt32LE(0) === crc32(code) ? code : undefined;
  } catch {
    // There is none yet, or the half of one.
    return undefined;
  }
}

function keepCode(folder: string, name: string, code: Buffer): void {
  mkdirSync(folder, { recursive: true });
  const oldest = Date.now() - keptDays * 86_400_000;
  for (const other of readdirSync(folder)) {
    const path = join(folder, other);
    if (statSync(path).mtimeMs < oldest) rmSync(path, { force: true });
  }
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(code));
  const whole = join(folder, name);
  const part = `${whole}.${process.pid}`;
  writeFileSync(part, Buffer.concat([sum, code]));
  renameSync(part, whole);
}
