import { describe, expect, test } from 'vitest';
import { memoryApp } from '../../tests/memory/memory-app.ts';

describe('the page', () => {
  test.each([
    ['/', 'text/html'],
    ['/app.js', 'text/javascript'],
    ['/api.js', 'text/javascript'],
    ['/view.js', 'text/javascript'],
    ['/style.css', 'text/css'],
  ])('%s is served as %s and only from here', async (path, type) => {
    const response = await (await memoryApp()).request(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain(type);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'",
    );
  });

  test.each(['/tsconfig.json', '/../package.json', '/%2e%2e/package.json', '/src/api.ts'])(
    '%s is no part of it',
    async (path) => {
      expect((await (await memoryApp()).request(path)).status).toBe(404);
    },
  );
});
