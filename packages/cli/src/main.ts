import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Before anything else is loaded: compiled code is kept beside the bundle, or in Node's own place where that cannot be written.
if (import.meta.filename.endsWith('.cjs')) enableCompileCache(join(import.meta.dirname, '.compiled'));

import('./program.ts').then(({ runProgram }) => runProgram(process.argv.slice(2)));
