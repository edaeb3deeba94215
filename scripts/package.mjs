/** Makes the `.vsix` of this platform: `npm run package`. */
import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { ensureDependencies, requireNode } from './tools/dependencies.mjs';
import { packageExtension } from './tools/vsix.mjs';

requireNode();
await ensureDependencies();
const vsix = await packageExtension();
console.log(`${relative(process.cwd(), vsix)}: ${(statSync(vsix).size / 1024 / 1024).toFixed(1)} MB`);
console.log(`Install it with: code --install-extension ${relative(process.cwd(), vsix)}`);
