import type { RepositoryCall } from '../github-context.ts';

/** Where things of a repository are: `api` for programs, `html` for people. Without a slash at the end. */
export interface Links {
  server: string;
  /** `<server>/api/v3` */
  root: string;
  /** `<server>/api/v3/repos/<owner>/<name>` */
  api: string;
  /** `<server>/<owner>/<name>` */
  html: string;
}

export function linksOf({
  context: { publicUrl: server },
  project: { name },
}: Pick<RepositoryCall, 'context' | 'project'>): Links {
  return {
    server,
    root: `${server}/api/v3`,
    api: `${server}/api/v3/repos/${name}`,
    html: `${server}/${name}`,
  };
}

/** GitHub's opaque ids. */
export function nodeId(kind: string, id: string | number): string {
  return Buffer.from(`${kind}:${id}`).toString('base64');
}

/** What an opaque id names. @returns null if it is none of this kind */
export function readNodeId(kind: string, id: string): string | null {
  const text = Buffer.from(id, 'base64').toString();
  return text.startsWith(`${kind}:`) ? text.slice(kind.length + 1) : null;
}

/** As GitHub writes points in time. */
export function timeText(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
