import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findNvidiaDriver } from '../../../src/runtime/tensorflow-setup/nvidia-driver.ts';
import { unpackNvidiaLibraries } from '../../../src/runtime/tensorflow-setup/nvidia-libraries.ts';
import { nvidiaRequirements, readRequirements } from '../../../src/runtime/tensorflow-setup/wheels.ts';

const run = promisify(execFile);

describe("NVIDIA's libraries for native TensorFlow", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(async () => (folder = await realpath(await mkdtemp(join(tmpdir(), 'marginalia-nvidia-')))));
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const options = () => ({ cwd: folder, log: () => undefined, signal: new AbortController().signal });

  /** Packs files of the folder as a wheel, with who may run them. */
  async function pack(name: string, root: string): Promise<string> {
    const wheel = join(folder, name);
    await run('python3', ['-c', packer, wheel, join(folder, root)]);
    return wheel;
  }

  it("are those that TensorFlow's wheel names in its extra and-cuda, in the versions that it names", async () => {
    await mkdir(join(folder, 'tensorflow/tensorflow-2.21.0.dist-info'), { recursive: true });
    await writeFile(
      join(folder, 'tensorflow/tensorflow-2.21.0.dist-info/METADATA'),
      [
        'Metadata-Version: 2.4',
        'Requires-Dist: numpy>=1.26.0',
        'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
        "Requires-Dist: nvidia-nccl-cu12 (==2.25.1) ; extra == 'and-cuda'",
        'Requires-Dist: nvidia-tool; extra == "other"',
        'Requires-Dist: tensorrt==8.6.1; extra == "and-cuda"',
        '',
        'Requires-Dist: nvidia-described-cu12; extra == "and-cuda"',
      ].join('\n'),
    );
    const wheel = await pack('tensorflow-2.21.0-py3-none-any.whl', 'tensorflow');
    assert.deepEqual(nvidiaRequirements(await readRequirements(wheel, options())), [
      { name: 'nvidia-cublas-cu12', versions: '<13.0,>=12.5.3.2' },
      { name: 'nvidia-nccl-cu12', versions: '==2.25.1' },
    ]);
    assert.throws(() => nvidiaRequirements(['Requires-Dist: numpy']), /names no libraries of NVIDIA's/);
  });

  if (process.platform === 'linux') {
    it('lie where the system finds them for a library that looks for them as libtensorflow does', async () => {
      const parts = { cublas: 'libcublas.so.12', cuda_runtime: 'libcudart.so.12' };
      const wheels = [];
      for (const [part, library] of Object.entries(parts)) {
        const lib = join(folder, part, 'nvidia', part, 'lib');
        await mkdir(lib, { recursive: true });
        await mkdir(join(folder, part, 'nvidia', part, 'include'));
        await writeFile(join(folder, part, 'nvidia', part, 'include/header.h'), '');
        await compile(join(lib, library), `int from_${part}() { return 1; }`);
        wheels.push(await pack(`nvidia_${part}_cu12-12.9.1-py3-none-any.whl`, part));
      }
      const home = join(folder, 'deps');
      await mkdir(join(home, 'lib'), { recursive: true });
      const calls = Object.keys(parts).map((part) => `int from_${part}();`);
      const sum = Object.keys(parts).map((part) => `from_${part}()`);
      await compile(
        join(home, 'lib/libtensorflow.so'),
        `${calls.join('\n')} int all() { return ${sum.join(' + ')}; }`,
        [
          ...Object.entries(parts).map(([part, library]) => join(folder, part, 'nvidia', part, 'lib', library)),
          ...Object.keys(parts).map((part) => `-Wl,-rpath,$ORIGIN/../nvidia/${part}/lib`),
        ],
      );

      assert.deepEqual(await unpackNvidiaLibraries(wheels, home, options()), [
        'nvidia_cublas_cu12-12.9.1',
        'nvidia_cuda_runtime_cu12-12.9.1',
      ]);
      const { stdout } = await run('ldd', [join(home, 'lib/libtensorflow.so')]);
      for (const [part, library] of Object.entries(parts)) {
        const found = new RegExp(`${library.replaceAll('.', '\\.')} => (\\S+)`).exec(stdout)?.[1];
        assert.ok(found, stdout);
        assert.equal(await realpath(found), join(home, 'nvidia', part, 'lib', library));
        assert.deepEqual(await readdir(join(home, 'nvidia', part)), ['lib'], 'headers are of no use here');
      }
    });
  }

  it('keep their programs ready to run', async () => {
    const bin = join(folder, 'nvcc/nvidia/cuda_nvcc/bin');
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, 'ptxas'), '#!/bin/sh\n', { mode: 0o755 });
    const wheel = await pack('nvidia_cuda_nvcc_cu12-12.9.1-py3-none-any.whl', 'nvcc');
    await unpackNvidiaLibraries([wheel], join(folder, 'deps'), options());
    assert.equal((await stat(join(folder, 'deps/nvidia/cuda_nvcc/bin/ptxas'))).mode & 0o111, 0o111);
  });

  it('say which wheel is broken', async () => {
    const wheel = join(folder, 'nvidia_cublas_cu12-12.9.1-py3-none-any.whl');
    await writeFile(wheel, 'half of it');
    await assert.rejects(unpackNvidiaLibraries([wheel], folder, options()), {
      name: 'SetupError',
      message: /nvidia_cublas_cu12-12\.9\.1.*is not a whole wheel/,
    });
  });
});

describe("the driver of NVIDIA's graphics processors", function () {
  if (process.platform !== 'linux') return;

  it('is known by its library and by its program', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'marginalia-driver-'));
    try {
      const none = findNvidiaDriver({ PATH: folder, LD_LIBRARY_PATH: folder });
      for (const name of ['nvidia-smi', 'libcuda.so.1']) {
        await writeFile(join(folder, name), '');
        // On a machine that has a driver of its own, that is named first.
        const found = findNvidiaDriver({ PATH: folder, LD_LIBRARY_PATH: folder });
        assert.equal(found, none?.startsWith('/proc') ? none : join(folder, name));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function compile(library: string, source: string, more: readonly string[] = []): Promise<void> {
  const file = `${library}.cc`;
  await writeFile(file, source);
  await run('c++', ['-shared', '-fPIC', file, '-o', library, `-Wl,-soname,${library.split('/').at(-1)!}`, ...more]);
  await rm(file);
}

const packer = `
import os, sys, zipfile
wheel, root = sys.argv[1:]
with zipfile.ZipFile(wheel, 'w') as archive:
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            archive.write(path, os.path.relpath(path, root))
`;
