import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestRepository, openTestRepository, type TestRepository } from '../git/test-repository.ts';
import { type CheckoutOptions, type CheckoutOutputs, checkoutWorkingTree } from './checkout-working-tree.ts';

/** A repository and what is checked out of it, for tests. */
export interface CheckoutBench {
  directory: string;
  source: TestRepository;
  /** Of all checkouts so far. */
  warnings: string[];
  /** Into `<directory>/workspace`, if nothing else is said. */
  checkout(options?: Partial<CheckoutOptions>): Promise<CheckedOut>;
  dispose(): void;
}

export interface CheckedOut {
  workspace: string;
  outputs: CheckoutOutputs;
  /** The workspace, as a repository. */
  copy: TestRepository;
  read(path: string): string;
}

export function createCheckoutBench(): CheckoutBench {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-checkout-'));
  const source = createTestRepository(join(directory, 'source'));
  const warnings: string[] = [];
  return {
    directory,
    source,
    warnings,
    async checkout(options = {}) {
      const workspace = options.workspace ?? join(directory, 'workspace');
      mkdirSync(workspace, { recursive: true });
      const outputs = await checkoutWorkingTree({
        source: source.root,
        workspace,
        inputs: {},
        repository: 'octo/app',
        ref: 'refs/heads/main',
        log: () => {},
        warn: (message) => warnings.push(message),
        signal: AbortSignal.timeout(60_000),
        ...options,
      });
      const copy = openTestRepository(workspace);
      return { workspace, outputs, copy, read: (path) => readFileSync(join(workspace, path), 'utf8') };
    },
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}
