import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { pushFiles, slipwayOf, startServe } from '../server/serve-child.ts';

/** Every file below a folder that holds one of these texts. */
function filesWith(folder: string, texts: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
    .filter((file) => {
      const bytes = readFileSync(file);
      return texts.some((text) => bytes.includes(text));
    });
}

const secrets = {
  ORG_KEY: 'org-secret-Zq81',
  APP_KEY: 'app-secret-Xw72"with<odd>&signs',
  ENV_KEY: 'env-secret-line-one\nenv-secret-line-two',
};
const plain = ['org-secret-Zq81', 'app-secret-Xw72', 'env-secret-line'];
const encoded = plain.flatMap((text) => [
  Buffer.from(text).toString('base64').slice(0, 16),
  Buffer.from(text).toString('hex'),
]);

test('no file of a server, and none of its backup, holds a secret; and no log of a real run shows one', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-at-rest-'));
  const env = { SLIPWAY_SECRET_KEY: 'c'.repeat(64) };
  const args = ['--runners', '1', '--labels', 'ubuntu-latest'];
  let server = await startServe({ folder, args, env });
  try {
    const access = { url: server.url, token: server.token ?? '' };
    const slipway = slipwayOf(access, { cwd: folder });
    const project = ['--project', 'octo/app'];
    await slipway('project', 'create', 'octo/app');
    await slipway('environments', 'set', 'production', ...project);
    const places = {
      ORG_KEY: ['--org', 'octo'],
      APP_KEY: project,
      ENV_KEY: [...project, '--env', 'production'],
    };
    for (const [name, place] of Object.entries(places)) {
      const input = secrets[name as keyof typeof secrets];
      const set = await slipwayOf(access, { cwd: folder, input })('secrets', 'set', name, ...place);
      expect(set).toMatchObject({ status: 0, stdout: '' });
    }
    await pushFiles(access, {
      folder,
      project: 'octo/app',
      files: {
        '.github/workflows/ci.yml': `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    outputs: { leak: "\${{ steps.leak.outputs.leak }}" }
    env:
      ORG: \${{ secrets.ORG_KEY }}
      APP: \${{ secrets.APP_KEY }}
      ENV: \${{ secrets.ENV_KEY }}
    steps:
      - run: |
          for value in "$ORG" "$APP" "$ENV"; do
            printf 'shown %s\\n' "$value"
            printf '%s' "$value" | base64 -w0; echo
            printf '%s' "$value" | od -An -tx1 | tr -d ' \\n' | head -c 0
          done
          echo "::notice::it is $ORG"
          echo "# $APP" >> "$GITHUB_STEP_SUMMARY"
          echo "lengths \${#ORG} \${#APP} \${#ENV}"
      - id: leak
        run: echo "leak=$ORG" >> "$GITHUB_OUTPUT"
`,
      },
    });
    const log = await slipway('logs', '--follow', '1');
    expect(log.status).toBe(0);
    expect(log.stdout).toContain(
      `lengths ${secrets.ORG_KEY.length} ${secrets.APP_KEY.length} ${secrets.ENV_KEY.length}`,
    );
    expect(log.stdout).toContain('shown ***');
    for (const text of [...plain, ...encoded]) expect(log.stdout).not.toContain(text);
    const data = path.join(folder, 'data');
    expect(readdirSync(data)).toContain('slipway.db-wal');
    const backup = path.join(folder, 'backup');
    expect((await slipway('backup', '--data', data, backup)).status).toBe(0);
    expect(filesWith(data, [...plain, ...encoded])).toEqual([]);
    expect(filesWith(backup, [...plain, ...encoded])).toEqual([]);
    // The key is the operator's, and in none of them either.
    expect(filesWith(folder, ['c'.repeat(64), Buffer.alloc(32, 0xcc).toString('base64')])).toEqual([]);
    await server.kill();
    await expect(startServe({ folder, args })).rejects.toThrow(/neither in .* nor given/);
    server = await startServe({
      folder,
      args,
      env: { SLIPWAY_SECRET_KEY: `${'d'.repeat(64)},${'c'.repeat(64)}` },
    });
    // It was sealed anew at the start, or is now.
    const again = slipwayOf({ url: server.url, token: access.token }, { cwd: folder });
    expect((await again('secrets', 'rotate-key')).stdout).toMatch(
      /sealed with the key [0-9a-f]{16}; \d secrets/,
    );
    await server.kill();
    server = await startServe({ folder, args, env: { SLIPWAY_SECRET_KEY: 'd'.repeat(64) } });
    const listed = slipwayOf({ url: server.url, token: access.token }, { cwd: folder });
    expect((await listed('secrets', ...project)).stdout).toContain('APP_KEY');
    expect(filesWith(data, [...plain, ...encoded])).toEqual([]);
  } finally {
    await server.kill();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}, 300_000);
