import { setTimeout as sleep } from 'node:timers/promises';
import { type GitResult, runGit } from '../git/run-git.ts';
import { ActionError } from './action-error.ts';
import { isCommitSha, type RemoteUses } from './uses.ts';

/** How the server that holds the actions is reached. */
export interface RemoteOptions {
  /** Default `https://github.com`; `url.<base>.insteadOf` in git's configuration applies. */
  serverUrl: string;
  env: NodeJS.ProcessEnv;
  /** For one git command. */
  timeoutMs: number;
}

/**
 * The commit that a ref names now. A tag wins over a branch of the same name; an annotated tag is peeled.
 * @throws ActionError `ref-not-found`, `short-sha`, `repository-not-found`, `network`, `timed-out`, `git-missing`
 */
export async function resolveRef(
  uses: RemoteUses,
  options: RemoteOptions,
  signal: AbortSignal,
): Promise<string> {
  if (isCommitSha(uses.ref)) return uses.ref.toLowerCase();
  const candidates = uses.ref.startsWith('refs/')
    ? [uses.ref]
    : [`refs/tags/${uses.ref}`, `refs/heads/${uses.ref}`, `refs/${uses.ref}`];
  const advertised = await listRefs(
    uses,
    candidates.flatMap((name) => [name, `${name}^{}`]),
    options,
    signal,
  );
  for (const name of candidates) {
    const sha = advertised.get(`${name}^{}`) ?? advertised.get(name);
    if (sha !== undefined) return sha;
  }
  throw refNotFound(uses, await listRefs(uses, [], options, signal));
}

/** A tag at the commit, else a branch, else the commit itself: its name in the lockfile. @throws ActionError */
export async function nameOfCommit(
  uses: RemoteUses,
  sha: string,
  options: RemoteOptions,
  signal: AbortSignal,
): Promise<string> {
  const refs = [...(await listRefs(uses, [], options, signal))].filter(([, at]) => at === sha);
  const names = refs.map(([name]) => name.replace(/\^\{\}$/, ''));
  // The longest says most: v4.1.2 rather than v4.
  const tags = names.filter((name) => name.startsWith('refs/tags/')).sort((a, b) => b.length - a.length);
  const named = tags[0] ?? names.find((name) => name.startsWith('refs/heads/'));
  return named?.replace(/^refs\/(tags|heads)\//, '') ?? sha;
}

/** Refs that the server advertises (all, if no names are given), with the object each names. */
async function listRefs(
  uses: RemoteUses,
  names: string[],
  options: RemoteOptions,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const output = await runRemote(
    ['ls-remote', '--', remoteUrl(uses, options), ...names],
    uses,
    options,
    signal,
  );
  const refs = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [sha, name] = line.split('\t');
    if (sha !== undefined && name !== undefined) refs.set(name, sha);
  }
  return refs;
}

/**
 * Fetches exactly one commit into the bare repository at `gitDirectory`.
 * A server that doesn't hand out commits by sha is asked for all its branches and tags.
 * @throws ActionError
 */
export async function fetchCommit(
  uses: RemoteUses,
  sha: string,
  gitDirectory: string,
  options: RemoteOptions,
  signal: AbortSignal,
): Promise<void> {
  const url = remoteUrl(uses, options);
  const fetchArguments = [
    '--git-dir',
    gitDirectory,
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
  ];
  const shallow = await attempt([...fetchArguments, '--depth=1', '--', url, sha], options, signal);
  if (succeeded(shallow)) return;
  // Tells a server that can't be reached (throws) from one that refuses this commit.
  await listRefs(uses, ['HEAD'], options, signal);
  const everything = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  await runRemote([...fetchArguments, '--', url, ...everything], uses, options, signal);
  const found = await runGit(['--git-dir', gitDirectory, 'cat-file', '-e', `${sha}^{commit}`], {
    env: options.env,
    signal,
  });
  if (!succeeded(found)) throw refNotFound(uses, new Map());
}

function remoteUrl(uses: RemoteUses, options: RemoteOptions): string {
  return `${options.serverUrl.replace(/\/+$/, '')}/${uses.repository}`;
}

const ATTEMPTS = 3;
const RETRY_DELAY_MS = 500;

/** git's standard output; a broken connection is tried again. */
async function runRemote(
  args: string[],
  uses: RemoteUses,
  options: RemoteOptions,
  signal: AbortSignal,
): Promise<string> {
  for (let tries = 1; ; tries++) {
    const result = await attempt(args, options, signal);
    if (result.kind === 'exited' && result.exitCode === 0) return result.stdout.toString();
    const error = remoteError(uses, result, options);
    if (error.code !== 'network' || tries === ATTEMPTS) throw error;
    await sleep(RETRY_DELAY_MS * tries, undefined, { signal });
  }
}

function attempt(args: string[], options: RemoteOptions, signal: AbortSignal): Promise<GitResult> {
  // A connection that stalls ends long before the time-out of the whole command.
  const lowSpeed = ['-c', 'http.lowSpeedLimit=1000', '-c', 'http.lowSpeedTime=30'];
  return runGit([...lowSpeed, ...args], { env: options.env, timeoutMs: options.timeoutMs, signal });
}

function succeeded(result: GitResult): boolean {
  return result.kind === 'exited' && result.exitCode === 0;
}

function remoteError(uses: RemoteUses, result: GitResult, options: RemoteOptions): ActionError {
  const from = `${uses.repository} from ${options.serverUrl}`;
  switch (result.kind) {
    case 'not-installed':
      return new ActionError(
        'git-missing',
        `Can't fetch ${from}: there is no git`,
        'Install git and put it on the PATH.',
      );
    case 'timed-out': {
      const message = `Fetching ${from} took longer than ${result.timeoutMs / 1000} s`;
      return new ActionError('timed-out', message, 'Check the connection to the server and run again.');
    }
    case 'exited':
      return failedError(uses, from, result.stderr.trim());
  }
}

/** git's exit status is 128 for all of these, so its (English) words must tell them apart. */
function failedError(uses: RemoteUses, from: string, words: string): ActionError {
  // GitHub asks for credentials where a repository does not exist, or is private.
  if (
    /not found|does not appear to be a git repository|could not read Username|terminal prompts disabled|Authentication failed|does not exist|access denied|Permission denied/i.test(
      words,
    )
  ) {
    return new ActionError(
      'repository-not-found',
      `Repository not found: ${from} (${mainLine(words)})`,
      `Correct 'uses: ${uses.repository}…', or, if the repository is private, give git credentials for it.`,
    );
  }
  if (
    /could not resolve|unable to access|failed to connect|timed out|connection|early EOF|hung up|unable to connect/i.test(
      words,
    )
  ) {
    return new ActionError(
      'network',
      `Can't reach the server for ${from} (${mainLine(words)})`,
      'Check the connection, or run with --offline to use what is cached.',
    );
  }
  return new ActionError(
    'git-failed',
    `git could not fetch ${from}: ${words}`,
    'Mend what git complains of and run again.',
  );
}

/** The line that says what is wrong; advice and the server's greetings are around it. */
function mainLine(words: string): string {
  const lines = words.split('\n');
  return lines.find((line) => /^(fatal|error|ERROR):/.test(line)) ?? lines[0] ?? '';
}

function refNotFound(uses: RemoteUses, advertised: Map<string, string>): ActionError {
  const whole = /^[0-9a-f]{7,39}$/i.test(uses.ref)
    ? [...advertised.values()].find((sha) => sha.startsWith(uses.ref.toLowerCase()))
    : undefined;
  if (whole !== undefined) {
    return new ActionError(
      'short-sha',
      `'${uses.ref}' is a shortened commit sha, which can't pin ${uses.repository}`,
      `Write the whole sha: uses: ${uses.repository}@${whole}.`,
    );
  }
  const names = [...advertised.keys()].flatMap(
    (name) => name.match(/^refs\/(?:tags|heads)\/(.*[^}])$/)?.[1] ?? [],
  );
  const there = names.length === 0 ? '' : `; there are ${nearest(uses.ref, names).join(', ')}`;
  return new ActionError(
    'ref-not-found',
    `${uses.repository} has no branch, tag or commit '${uses.ref}'${there}`,
    `Correct the ref after @ in 'uses: ${uses.repository}@${uses.ref}'.`,
  );
}

const SHOWN_REFS = 8;

/** Those that share the longest beginning with the ref; the last in the server's order first. */
function nearest(ref: string, names: string[]): string[] {
  const shared = (name: string) => {
    let length = 0;
    while (length < name.length && name[length] === ref[length]) length++;
    return length;
  };
  return [...new Set(names)]
    .reverse()
    .sort((a, b) => shared(b) - shared(a))
    .slice(0, SHOWN_REFS);
}
