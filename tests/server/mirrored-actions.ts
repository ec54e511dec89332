import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, type TestContext } from 'vitest';
import { type Served, serveForTest } from './served.ts';

/** Actions as their authors published them, from copies of their repositories: `<mirrors>/<owner>/<repo>`. */
const mirrors = process.env.SLIPWAY_ACTION_MIRRORS;
const redirection = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: `url.file://${mirrors}/.insteadOf`,
  GIT_CONFIG_VALUE_0: 'https://github.com/',
};

/** Of the file's tests: its jobs get actions of github.com from the mirrors. */
export let served: Served;

export function serveWithMirrors(): void {
  const before = { ...process.env };
  beforeAll(async () => {
    Object.assign(process.env, redirection);
    served = await serveForTest();
  }, 60_000);
  afterAll(async () => {
    await served.close();
    for (const name of Object.keys(redirection)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
}

export function requireActions(context: TestContext, ...actions: string[]): void {
  if (mirrors === undefined) {
    context.skip('SLIPWAY_ACTION_MIRRORS names no folder with copies of the actions');
  }
  const missing = actions.find((action) => !existsSync(path.join(mirrors ?? '', action)));
  if (missing !== undefined) context.skip(`SLIPWAY_ACTION_MIRRORS has no copy of ${missing}`);
}

export async function runPushed(
  project: string,
  job: string,
): Promise<{ log: string; conclusion: string | null }> {
  const [run] = await served.runs(`?project=${project}`);
  const { conclusion } = await served.finished(run?.id ?? 0);
  return { log: await served.log(run?.id ?? 0, job), conclusion };
}
