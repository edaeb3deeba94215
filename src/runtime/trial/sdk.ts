import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as SdkModule from '../sdk/index.ts';

/** The module `marginalia` as the trial process uses it. */
export type Sdk = typeof SdkModule;

/** The very instance of the sdk that experiments get (`loadExperiment`). */
export function loadSdk(distribution: string): Sdk {
  const file = join(distribution, 'sdk.cjs');
  return createRequire(file)(file) as Sdk;
}
