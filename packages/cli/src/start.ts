import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/**
 * Starts the bundle: loads its files with the code that V8 has compiled for them before, functions that are called late
 * included. Node's own compile cache holds only what is compiled when a file is loaded, and compiling the rest at its first call
 * takes a quarter of a short run.
 */
/** Name of the bundle's entry, written in when it is built. It holds a hash, as V8 compares no more than a source's length. */
declare const SLIPWAY_MAIN: string;

const folder = __dirname;
/** What one V8 has compiled is of no use to another. */
const compiledFolder = join(folder, '.compiled', `${process.versions.v8}-${process.arch}`);

interface LoadedFile {
  script: Script;
  module: { exports: unknown };
  /** Its compiled code was not there, or was another's. */
  isNew: boolean;
}

const loaded = new Map<string, LoadedFile>();

function load(name: string): unknown {
  const known = loaded.get(name);
  if (known !== undefined) return known.module.exports;
  const filename = join(folder, name);
  // The build has made it ASCII and a function: see tools/bundle.ts.
  const source = readFileSync(filename, 'latin1');
  const cachedData = readCompiled(name);
  const script = new Script(source, cachedData === undefined ? { filename } : { filename, cachedData });
  const module = { exports: {} };
  loaded.set(name, { script, module, isNew: cachedData === undefined || script.cachedDataRejected === true });
  script.runInThisContext()(module.exports, requireFrom, module, filename, folder);
  return module.exports;
}

/** Files of the bundle name each other by `./name.cjs`; everything else is Node's. */
function requireFrom(specifier: string): unknown {
  return specifier.startsWith('./') ? load(specifier.slice('./'.length)) : require(specifier);
}

function readCompiled(name: string): Buffer | undefined {
  try {
    return readFileSync(join(compiledFolder, name));
  } catch {
    return undefined;
  }
}

/** Once for each file and V8; where the folder cannot be written, every start compiles anew. */
function keepCompiled(): void {
  for (const [name, { script, isNew }] of loaded) {
    if (!isNew) continue;
    const file = join(compiledFolder, name);
    try {
      mkdirSync(compiledFolder, { recursive: true });
      writeFileSync(`${file}.${process.pid}`, script.createCachedData());
      renameSync(`${file}.${process.pid}`, file);
    } catch {
      return;
    }
  }
}

process.once('exit', keepCompiled);
load(SLIPWAY_MAIN);
