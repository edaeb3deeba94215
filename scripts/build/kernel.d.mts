import type { Plugin } from 'esbuild';

export function kernelPlugin(): Plugin;
