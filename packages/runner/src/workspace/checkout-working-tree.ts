import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { type BorrowOptions, borrowRepository } from './borrowed-repository.ts';
import { CheckoutError } from './checkout-error.ts';
import { type CheckoutInputs, readCheckoutInputs } from './checkout-inputs.ts';
import { copyFiles } from './copy-files.ts';
import { initializeRepository, listPlainFolder } from './folder-repository.ts';
import { settleAll } from './settle-all.ts';
import { readSourceTree, type SourceRepository } from './source-tree.ts';
import { applySparseCheckout, setSparsePatterns } from './sparse-checkout.ts';
import { checkoutSubmodules } from './submodules.ts';
import { writeHead } from './write-head.ts';

export interface CheckoutOptions {
  /** Root of the repository on this machine, or any folder. It is only read. */
  source: string;
  /** `commit`: the files are those of the source's HEAD, and needn't be there. Default `files`: as they are there. */
  holds?: 'files' | 'commit';
  /** `GITHUB_WORKSPACE`. */
  workspace: string;
  /** The step's inputs, evaluated, keyed by name. */
  inputs: Record<string, string>;
  /** `owner/name`. */
  repository: string;
  /** `github.ref`. */
  ref: string;
  /** Default `https://github.com`. */
  serverUrl?: string;
  /** For people: what is being done; lines without newline. */
  log: (line: string) => void;
  /** For people: what differs from a checkout on GitHub. */
  warn: (message: string) => void;
  signal: AbortSignal;
}

/** Outputs of actions/checkout. */
export interface CheckoutOutputs {
  ref: string;
  /** Commit of HEAD; '' before the first commit. */
  commit: string;
}

/**
 * Stands in for actions/checkout of the repository that is being run: copies the working tree as it is, uncommitted
 * changes included, ignored files not, or writes the files of its commit; with a `.git` that reads the source's objects.
 * Uses no network and changes nothing in the source.
 * @throws CheckoutError
 */
export async function checkoutWorkingTree(options: CheckoutOptions): Promise<CheckoutOutputs> {
  const inputs = readCheckoutInputs(options.inputs);
  const target = targetFolder(options.workspace, inputs.path);
  const source = await readSourceTree(options.source, options.signal);
  await prepareTarget(target, inputs.clean);
  const commit = await reportingPaths(async () => {
    if (source.kind === 'repository') {
      return await checkoutRepository(source, target, inputs, options);
    }
    options.log(`Copying ${source.root}, which is not the root of a git repository`);
    const files = source.files ?? (await listPlainFolder(source.root, options.signal));
    await copyFiles({ from: source.root, to: target, files, signal: options.signal });
    return await initializeRepository(target, originUrl(options), options.signal);
  });
  const isSha = /^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(inputs.ref);
  return { ref: isSha ? '' : inputs.ref || options.ref, commit };
}

async function checkoutRepository(
  source: SourceRepository,
  target: string,
  inputs: CheckoutInputs,
  options: CheckoutOptions,
): Promise<string> {
  const { signal } = options;
  const borrowing: BorrowOptions = {
    source,
    workspace: target,
    originUrl: originUrl(options),
    settings: [
      ...(inputs.persistCredentials ? credentials(options, inputs.token) : []),
      ...(inputs.submodules === 'none' ? [] : source.config.filter(([key]) => key.startsWith('submodule.'))),
    ],
    signal,
  };
  if (options.holds === 'commit') {
    options.log(`Checking out ${source.head ?? options.ref}`);
    await checkOutHead(borrowing, inputs);
    if (inputs.lfs) {
      options.warn(
        'lfs is true, but no large files are fetched here: in their places are the pointers to them.',
      );
    }
  } else {
    options.log(
      `Copying the working tree of ${source.root} (${source.files.length} files, uncommitted changes included)`,
    );
    await copyWorkingTree(borrowing, inputs);
  }
  const mend =
    options.holds === 'commit'
      ? 'run git submodule update --init in a step after the checkout'
      : 'run git submodule update --init in the repository';
  await checkoutSubmodules({ source, target, depth: inputs.submodules, mend, warn: options.warn, signal });
  if (source.isShallow && inputs.fetchDepth === 0) {
    options.warn(
      'fetch-depth is 0, but the repository on this machine is a shallow clone: run git fetch --unshallow in it.',
    );
  }
  return source.head ?? '';
}

async function copyWorkingTree(
  borrowing: BorrowOptions,
  { sparseCheckout: patterns, sparseCheckoutConeMode: coneMode }: CheckoutInputs,
): Promise<void> {
  const { source, workspace, signal } = borrowing;
  const { root: from, files } = source;
  if (patterns.length === 0) {
    await settleAll(signal, [
      (either) => copyFiles({ from, to: workspace, files, signal: either }),
      (either) => borrowRepository({ ...borrowing, signal: either }),
    ]);
    return;
  }
  await borrowRepository(borrowing);
  const left = await applySparseCheckout({ workspace, patterns, coneMode, files, signal });
  await copyFiles({ from, to: workspace, files: left, signal });
}

/** Git writes the files where they are wanted: nothing is copied twice. */
async function checkOutHead(
  borrowing: BorrowOptions,
  { sparseCheckout: patterns, sparseCheckoutConeMode: coneMode }: CheckoutInputs,
): Promise<void> {
  const { workspace, signal } = borrowing;
  await borrowRepository({ ...borrowing, index: 'none' });
  if (patterns.length > 0) await setSparsePatterns({ workspace, patterns, coneMode, signal });
  await writeHead(workspace, signal);
}

function originUrl({ serverUrl = 'https://github.com', repository }: CheckoutOptions): string {
  return `${serverUrl.replace(/\/+$/, '')}/${repository}`;
}

/** As actions/checkout keeps the token, so that later `git fetch` and `git push` are authenticated. */
function credentials(
  { serverUrl = 'https://github.com' }: CheckoutOptions,
  token: string,
): [string, string][] {
  if (token === '') return [];
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  return [[`http.${serverUrl.replace(/\/+$/, '')}/.extraheader`, `AUTHORIZATION: basic ${basic}`]];
}

function targetFolder(workspace: string, path: string): string {
  const target = resolve(workspace, path);
  if (target === workspace || target.startsWith(workspace + sep)) return target;
  throw new CheckoutError(
    'path-outside-workspace',
    `Repository path '${target}' is not under '${workspace}'`,
    "Give actions/checkout a 'path' inside the workspace.",
  );
}

/** What a folder that is no repository holds, is removed in any case; this is what actions/checkout does. */
async function prepareTarget(target: string, clean: boolean): Promise<void> {
  const existing = await stat(target).catch(() => undefined);
  if (existing !== undefined && !existing.isDirectory()) await rm(target);
  await mkdir(target, { recursive: true });
  const entries = await readdir(target);
  if (!clean && entries.includes('.git')) {
    await rm(join(target, '.git'), { recursive: true, force: true });
    return;
  }
  // Not the folder itself: it may be the current directory of a background step.
  await Promise.all(entries.map((entry) => rm(join(target, entry), { recursive: true, force: true })));
}

async function reportingPaths<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC') {
      throw new CheckoutError(
        'copy-failed',
        'The disk is full',
        'Free space where SLIPWAY_HOME is, or set it to another disk.',
        { cause: error },
      );
    }
    if (error instanceof CheckoutError || typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) throw error;
    throw new CheckoutError(
      'copy-failed',
      `The working tree can't be copied: ${message}`,
      'Make the file readable, or add it to .gitignore.',
      { cause: error },
    );
  }
}
