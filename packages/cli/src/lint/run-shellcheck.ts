import { execFile } from 'node:child_process';
import type { ShellcheckComment } from './script-text.ts';

export interface ShellcheckRequest {
  dialect: 'bash' | 'sh';
  paths: readonly string[];
}

/** Ways to ask, newest first: `--norc` is known since 0.7.0, as is `json1`, which counts a tab as one column. */
const ways = [['--norc', '--format=json1'], ['--format=json']];

/** Null if this shellcheck answers in no way that is known. */
export async function runShellcheck(
  program: string,
  { dialect, paths }: ShellcheckRequest,
): Promise<ShellcheckComment[] | null> {
  for (const way of ways) {
    const output = await collect(program, [...way, `--shell=${dialect}`, '--', ...paths]);
    const comments = parse(output);
    if (comments !== null) return comments;
  }
  return null;
}

/** It exits with 1 when it has found something, so that the status says nothing. */
function collect(program: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: 256 * 1024 * 1024 }, (_, stdout) => resolve(stdout));
  });
}

function parse(output: string): ShellcheckComment[] | null {
  try {
    const answer: unknown = JSON.parse(output);
    if (Array.isArray(answer)) return answer as ShellcheckComment[];
    const { comments } = answer as { comments?: unknown };
    return Array.isArray(comments) ? (comments as ShellcheckComment[]) : null;
  } catch {
    return null;
  }
}
