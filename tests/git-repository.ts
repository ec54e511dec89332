import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A git repository of a test, in a folder of its own, with a Slipway home beside it. */
export class GitRepository {
  readonly #folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  readonly path = join(this.#folder, 'repository');
  readonly home = join(this.#folder, 'home');

  /** `content`: a folder to copy, or files by path. */
  constructor(content: string | Record<string, string>) {
    mkdirSync(this.path);
    mkdirSync(this.home);
    if (typeof content === 'string') cpSync(content, this.path, { recursive: true });
    else for (const [path, text] of Object.entries(content)) this.write(path, text);
    this.git('init', '--quiet', '--initial-branch=main');
    this.commit('first');
  }

  write(path: string, text: string): void {
    const file = join(this.path, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Commits everything. */
  commit(message: string): void {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', `--message=${message}`);
  }

  git(...args: string[]): string {
    const person = [
      '-c',
      'user.name=Tester',
      '-c',
      'user.email=tester@example.com',
      '-c',
      'commit.gpgsign=false',
    ];
    return execFileSync('git', [...person, ...args], { cwd: this.path, encoding: 'utf8' });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
