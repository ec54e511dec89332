import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A real repository for tests, with an identity of its own and nothing of the machine's git configuration. */
export interface TestRepository {
  root: string;
  /** Standard output, trimmed at the end. @throws if git fails */
  git(...args: string[]): string;
  /** Path to content; null deletes. */
  write(files: Record<string, string | null>): void;
  symlink(path: string, target: string): void;
  /** Writes, stages everything and commits. @returns the commit */
  commit(files: Record<string, string | null>, message?: string): string;
}

export function createTestRepository(root: string): TestRepository {
  mkdirSync(root, { recursive: true });
  const repository = openTestRepository(root);
  repository.git('init', '--quiet', '--initial-branch=main');
  return repository;
}

export function openTestRepository(root: string): TestRepository {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: root,
      env: isolatedEnvironment(),
      encoding: 'utf8',
      stdio: 'pipe',
    }).trimEnd();
  const write = (files: Record<string, string | null>) => {
    for (const [path, content] of Object.entries(files)) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      if (content === null) rmSync(file);
      else writeFileSync(file, content);
    }
  };
  return {
    root,
    git,
    write,
    symlink: (path, target) => symlinkSync(target, join(root, path)),
    commit(files, message = 'A change') {
      write(files);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
  };
}

function isolatedEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'protocol.file.allow',
    GIT_CONFIG_VALUE_0: 'always',
    GIT_CONFIG_KEY_1: 'advice.detachedHead',
    GIT_CONFIG_VALUE_1: 'false',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
  };
}
