import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Action, Diagnostic } from '@slipway/workflow';
import { ActionError } from './action-error.ts';
import { readCached } from './content-cache.ts';

export interface Manifest {
  action: Action;
  path: string;
}

/**
 * The manifest of the action in a folder: `action.yml`, `action.yaml`, or a Dockerfile alone.
 * What was read is kept under `cacheDirectory` by content, so that GitHub's parser is loaded once for each manifest.
 * @returns undefined if there is none.
 * @throws ActionError `invalid-manifest`
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionManager.cs
 */
export async function readManifest(
  directory: string,
  name: string,
  cacheDirectory: string,
): Promise<Manifest | undefined> {
  for (const file of ['action.yml', 'action.yaml']) {
    const path = join(directory, file);
    const content = await readFile(path, 'utf8').catch(() => undefined);
    if (content !== undefined)
      return { action: await parse(content, `${name}/${file}`, cacheDirectory), path };
  }
  for (const file of ['Dockerfile', 'dockerfile']) {
    const path = join(directory, file);
    if (await isFile(path)) return { action: dockerfileAction(file), path };
  }
  return undefined;
}

/** To be raised with every change of what the reader makes of a file. */
const READER_REVISION = 'v1';

function parse(content: string, shownPath: string, cacheDirectory: string): Promise<Action> {
  return readCached(join(cacheDirectory, READER_REVISION), content, async () => {
    const { readAction } = await import('@slipway/workflow/reader');
    const { value, diagnostics } = readAction({ path: shownPath, content });
    const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
    if (value === undefined || errors.length > 0) throw invalidManifest(shownPath, errors);
    return value;
  });
}

function invalidManifest(shownPath: string, errors: Diagnostic[]): ActionError {
  const findings = errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
  return new ActionError(
    'invalid-manifest',
    `${shownPath} is not a valid action manifest\n${findings.join('\n')}`,
    errors[0]?.mend ?? `Correct ${shownPath}.`,
  );
}

function dockerfileAction(image: string): Action {
  const at = { line: 1, column: 1 };
  const always = { kind: 'expression' as const, source: 'always()', at };
  return {
    inputs: {},
    outputs: {},
    runs: { kind: 'docker', image, preIf: always, postIf: always, args: [], at },
  };
}

/** For the error that tells there is no manifest: what is in the folder, or in the nearest one that exists. */
export async function describeFolder(directory: string, root: string): Promise<string> {
  for (let folder = directory; folder.startsWith(root); folder = dirname(folder)) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) continue;
    const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
    const shown = names.length > SHOWN_NAMES ? [...names.slice(0, SHOWN_NAMES), '…'] : names;
    const where = folder.slice(root.length + 1);
    const list = shown.length === 0 ? 'is empty' : `holds ${shown.join(', ')}`;
    if (folder === directory) return `the folder ${list}`;
    return `there is no such folder; ${where === '' ? 'the root' : `'${where}'`} ${list}`;
  }
  return 'there is no such folder';
}

const SHOWN_NAMES = 20;

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
