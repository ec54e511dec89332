import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

let bundled: Promise<Record<string, string>> | undefined;

/** Files of `./act`, a JavaScript action on the official clients (`results-action.ts`), and of `./act-container`, the same in a container. */
export function resultsActionFiles(image?: string): Promise<Record<string, string>> {
  bundled ??= bundleScript(join(import.meta.dirname, 'results-action.ts')).then((script) => ({
    'act/action.yml': manifest('using: node24\n  main: main.mjs'),
    'act/main.mjs': script,
    ...(image !== undefined && {
      'act-container/action.yml': manifest('using: docker\n  image: Dockerfile'),
      'act-container/Dockerfile': `FROM ${image}\nCOPY main.mjs /\nENTRYPOINT ["node", "/main.mjs"]\n`,
      'act-container/main.mjs': script,
    }),
  }));
  return bundled;
}

function manifest(runs: string): string {
  return `name: results
inputs:
  do: { required: true }
  name: { required: true }
  path: { required: true }
  run-id: { required: false }
  github-token: { required: false }
runs:
  ${runs}
`;
}

/** A script with all that it imports, as one file. */
export async function bundleScript(input: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-action-'));
  try {
    const built = await rolldown({ input, platform: 'node', logLevel: 'silent' });
    const file = join(folder, 'main.mjs');
    await built.write({ file, format: 'esm', codeSplitting: false });
    await built.close();
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
