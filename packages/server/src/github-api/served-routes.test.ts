import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { githubApiApp } from './github-api-app.ts';
import type { GithubContext } from './github-context.ts';

const docs = path.join(import.meta.dirname, '../../../../docs/github-api.md');

test('the documentation lists the routes that are served, and no others', () => {
  const context = { publicUrl: 'http://localhost', identification: {} } as GithubContext;
  const app = new Hono().route('/', githubApiApp(context, () => {}) as unknown as Hono);
  const served = app.routes
    .filter(({ method, path: at }) => method !== 'ALL' && !at.endsWith('*'))
    .map(({ method, path: at }) => `${method} ${documented(at)}`);
  const listed = [...readFileSync(docs, 'utf8').matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^`]*)`/g)].map(
    ([, route = '']) => route,
  );
  expect(listed.toSorted()).toEqual([...new Set(served)].toSorted());
});

/** `/api/v3/repos/:owner/:repo/git/ref/:ref{.+}` is written `…/git/ref/{ref}`, with `…` for the repository. */
function documented(route: string): string {
  return route
    .replace('/api/v3/repos/:owner/:repo', '/…')
    .replace('/api/v3', '')
    .replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')
    .replace(/^$/, '/');
}
