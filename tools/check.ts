import { spawn } from 'node:child_process';

/** `npm run check`: types, lint and format, package boundaries, dead code; all at once, each answer printed whole. */
const checks: Record<string, string[]> = {
  types: ['tsc', '--noEmit'],
  'lint and format': ['biome', 'ci', '--colors=off', '--diagnostic-level=warn'],
  boundaries: ['node', 'tools/check-boundaries.ts'],
  'dead code': ['knip'],
};

const failed: string[] = [];
await Promise.all(
  Object.entries(checks).map(async ([name, command]) => {
    const { code, output } = await run(command);
    process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}\n${code === 0 ? '' : output}`);
    if (code !== 0) failed.push(name);
  }),
);
process.exitCode = failed.length === 0 ? 0 : 1;

function run([command = '', ...args]: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: null, output: `${error.message}\n` }));
    child.on('close', (code) => resolve({ code, output }));
  });
}
