import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApprovalAnswer } from '@slipway/contracts/api/environments';
import type { JobAnswer, JobsAnswer } from '@slipway/contracts/api/jobs';
import { describe, expect, test } from 'vitest';
import { pushFiles, type ServeChild, startServe } from '../server/serve-child.ts';
import { storeKinds } from '../store/stores.ts';

const adminToken = 'slipway_token_of_the_admin_of_this_test';

describe.each(storeKinds)('approvals on $name and a server that is killed', ({ unavailable, create }) => {
  test('what is approved begins once, whenever the server is killed', async (context) => {
    if (unavailable !== null) context.skip(unavailable);
    const kind = await create();
    const folder = mkdtempSync(path.join(tmpdir(), 'slipway-approval-crash-'));
    const effects = path.join(folder, 'effects');
    const env = {
      SLIPWAY_ADMIN_TOKEN: adminToken,
      ...(kind.location.kind === 'postgres' && { DATABASE_URL: kind.location.url }),
    };
    const args = ['--runners', '2', '--labels', 'ubuntu-latest'];
    let server: ServeChild = await startServe({ folder, args, env });
    const ask = async <Answer>(method: string, at: string, body?: object, token = adminToken) => {
      const response = await fetch(`${server.url}/api/v1${at}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${await response.text()}`);
      return (response.status === 204 ? null : await response.json()) as Answer;
    };
    const job = async (is: (job: JobAnswer) => boolean, key = 'deploy'): Promise<JobAnswer> => {
      for (;;) {
        const { jobs } = await ask<JobsAnswer>('GET', '/runs/1/jobs');
        const found = jobs.find((one) => one.key === key && is(one));
        if (found !== undefined) return found;
        await delay(100);
      }
    };
    const restart = async () => {
      await server.kill();
      server = await startServe({ folder, args, env });
    };
    try {
      await ask('POST', '/projects', { name: 'octo/app' });
      await ask('POST', '/users', { name: 'alice' });
      const { token } = await ask<{ token: string }>('POST', '/tokens', {
        kind: 'person',
        name: 'test',
        user: 'alice',
      });
      await ask('PUT', '/projects/octo/app/members/alice', { role: 'reader' });
      const freeze = { kind: 'freeze', fromMs: 0, untilMs: Date.now() + 3_600_000, reason: 'Holidays' };
      const rules = { reviewers: ['alice'] };
      await ask('PUT', '/projects/octo/app/environments/production', { ...rules, windows: [freeze] });
      const deploying = `runs-on: ubuntu-latest\n    environment: production\n    steps: [{ run: 'echo "$GITHUB_JOB" >> ${effects}' }]\n`;
      await pushFiles(
        { url: server.url, token: adminToken },
        {
          folder,
          project: 'octo/app',
          files: {
            '.github/workflows/ci.yml': `on: push\njobs:\n  deploy:\n    ${deploying}  worker:\n    ${deploying}  after:\n    needs: [deploy, worker]\n    ${deploying}`,
          },
        },
      );
      await job(({ waiting }) => waiting?.includes('needs approval by alice') === true);
      // Before it is approved: it is asked once all the same.
      await restart();
      await job(({ waiting }) => waiting?.includes('needs approval by alice') === true);
      const [request] = (await ask<{ approvals: ApprovalAnswer[] }>('GET', '/approvals')).approvals;
      await ask('POST', `/approvals/${request?.id}/decision`, { verdict: 'approved' }, token);
      // Approved, and held by the freeze: nothing has begun.
      await restart();
      await job(({ waiting }) => waiting?.includes('is frozen') === true);
      await ask('PUT', '/projects/octo/app/environments/production', rules);
      // Let in, and perhaps begun: nobody knows.
      await restart();
      await job(({ status }) => status === 'completed', 'after');
      const { approvals } = await ask<{ approvals: ApprovalAnswer[] }>('GET', '/approvals');
      expect(approvals).toMatchObject([{ id: request?.id, state: 'approved', decisions: [{ by: 'alice' }] }]);
      // A job whose runner died with the server in its middle fails; none begins twice.
      const begun = readFileSync(effects, 'utf8').trim().split('\n');
      expect(new Set(begun).size).toBe(begun.length);
      const { jobs } = await ask<JobsAnswer>('GET', '/runs/1/jobs');
      for (const { key, conclusion } of jobs) if (conclusion === 'success') expect(begun).toContain(key);
    } finally {
      await server.kill();
      await kind.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }, 480_000);
});
