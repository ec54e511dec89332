import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { onTestFinished } from 'vitest';
import { GitRepository } from '../git-repository.ts';
import { resultOf, type SlipwayResult, startSlipway } from '../slipway-process.ts';

export const ci = '.github/workflows/ci.yml';
export const action = '.github/actions/two/action.yml';

export const workflow = `name: ci
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    env: { FROM_JOB: job }
    steps:
      - uses: actions/checkout@v4
      - id: make
        run: echo word=hello >> "$GITHUB_OUTPUT"
      - name: Nested
        uses: ./.github/actions/two
        with: { who: you }
      - name: Check
        run: grep good word.txt
      - run: echo end
`;
const two = `name: two
inputs: { who: { required: true } }
runs:
  using: composite
  steps:
    - name: Inner
      run: echo "inner \${{ inputs.who }}"
      shell: bash
    - run: echo second
      shell: bash
`;

/** `slipway run` on a repository with a failing step, held for the editor that `client` stands for. */
interface Attached {
  client: DebugClient;
  child: ChildProcess;
  result: Promise<SlipwayResult>;
  port: number;
  repository: GitRepository;
  file(path: string): string;
  /** The job's thread, where it is held: why, and the frames. */
  stopped(): Promise<{ reason: string; frames: DebugProtocol.StackFrame[]; threadId: number }>;
}

export async function attach(
  files: Record<string, string> = {},
  args: (repository: GitRepository) => string[] = () => [],
): Promise<Attached> {
  const repository = new GitRepository({ [ci]: workflow, [action]: two, 'word.txt': 'bad', ...files });
  onTestFinished(() => repository.remove());
  const child = startSlipway(['run', '--debug-port', '0', ...args(repository)], {
    cwd: repository.path,
    env: { SLIPWAY_HOME: repository.home },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const result = resultOf(child);
  const port = await portOf(child);
  const client = await connected(port);
  return {
    client,
    child,
    result,
    port,
    repository,
    file: (path) => join(repository.path, path),
    async stopped() {
      const { body } = (await client.waitForEvent('stopped', 60_000)) as DebugProtocol.StoppedEvent;
      const threadId = body.threadId ?? 0;
      const trace = await client.stackTraceRequest({ threadId });
      return { reason: body.reason, frames: trace.body.stackFrames, threadId };
    },
  };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
      const port = /127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

async function connected(port: number): Promise<DebugClient> {
  const client = new DebugClient('none', 'none', 'slipway');
  await client.start(port);
  client.defaultTimeout = 60_000;
  return client;
}

/** Answers the initialized event with breakpoints on lines and the end of the configuration. */
export async function configure(
  { client, file }: Attached,
  { lines = {}, failures = false }: { lines?: Record<string, number[]>; failures?: boolean },
): Promise<DebugProtocol.Breakpoint[]> {
  const initialized = client.waitForEvent('initialized', 60_000);
  await client.initializeRequest();
  await initialized;
  await client.attachRequest({} as DebugProtocol.AttachRequestArguments);
  const bound: DebugProtocol.Breakpoint[] = [];
  for (const [path, numbers] of Object.entries(lines)) {
    const { body } = await client.setBreakpointsRequest({
      source: { path: file(path) },
      breakpoints: numbers.map((line) => ({ line })),
    });
    bound.push(...body.breakpoints);
  }
  await client.setExceptionBreakpointsRequest({ filters: failures ? ['failure'] : [] });
  return bound;
}

export async function variablesOf(
  client: DebugClient,
  frameId: number,
  scope: string,
): Promise<Record<string, string>> {
  const { body } = await client.scopesRequest({ frameId });
  const variablesReference = body.scopes.find(({ name }) => name === scope)?.variablesReference ?? 0;
  const { body: read } = await client.variablesRequest({ variablesReference });
  return Object.fromEntries(read.variables.map(({ name, value }) => [name, value]));
}
