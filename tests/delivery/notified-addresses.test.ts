import { postOutside } from '@slipway/server/notifications';
import { describe, expect, test } from 'vitest';
import { listener } from './listener.ts';

describe('a URL that somebody wrote into a file', () => {
  const post = (url: string, change: Partial<Parameters<typeof postOutside>[0]> = {}) =>
    postOutside({ url, headers: {}, body: '{}', privateHosts: [], now: Date.now, ...change });

  test.each([
    'http://127.0.0.1:1/',
    'http://localhost:1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]:1/',
    'http://[::ffff:127.0.0.1]:1/',
    'http://[fe80::1]:1/',
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'http://[fd00::1]/',
    'http://0.0.0.0:1/',
    'http://2130706433/',
    'http://[64:ff9b::7f00:1]/',
  ])('%s is not asked', async (url) => {
    await expect(post(url)).rejects.toThrow(/not public/);
  });

  test.each(['file:///etc/passwd', 'gopher://example.com/', 'https://user:password@example.com/'])(
    '%s is not asked',
    async (url) => {
      await expect(post(url)).rejects.toThrow(/web address/);
    },
  );

  test('is not followed elsewhere', async () => {
    const inner = await listener(() => ({ status: 200 }));
    const outer = await listener(() => ({ status: 302, headers: { location: inner.url } }));
    await expect(post(outer.url, { privateHosts: ['127.0.0.1'] })).rejects.toThrow(/redirect/);
    expect(inner.received).toEqual([]);
  });

  test('is asked at the address that was looked at, whatever its name means a moment later', async () => {
    const hook = await listener(() => ({ status: 200 }));
    let asked = 0;
    await post(`http://hooks.example.com:${hook.port}/`, {
      privateHosts: ['hooks.example.com'],
      resolve: async () => {
        asked++;
        return [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }];
      },
    });
    expect(asked).toBe(1);
    expect(hook.received[0]?.headers.host).toBe(`hooks.example.com:${hook.port}`);
  });

  test('is refused if only one of its addresses is private', async () => {
    const resolve = async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    await expect(post('http://hooks.example.com/', { resolve })).rejects.toThrow(/127.0.0.1/);
  });
});
