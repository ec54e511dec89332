import { baseEnv } from '../process/base-env.ts';
import type { OneOffState } from '../supervisor/one-off-spec.ts';
import type { SupervisorClient } from '../supervisor/supervisor-client.ts';
import type { TargetDeployment } from '../target.ts';
import { DefiniteFailure, lastLines } from './act-failure.ts';
import { type Acting, componentsOf, envOf, openEndpoints } from './acting.ts';

export interface SmokeTest {
  token: string;
  on: 'test-traffic' | 'production';
  /** Smoke tests run beside the edge, whatever the target is. */
  supervisor: SupervisorClient;
  pause(): Promise<void>;
}

/**
 * Runs the environment's smoke test against an endpoint, given as BASE_URL.
 * @throws DefiniteFailure with the end of what it printed
 */
export async function smoke(
  acting: Acting,
  deployment: TargetDeployment,
  { token, on, supervisor, pause }: SmokeTest,
): Promise<void> {
  const { smoke: command } = deployment.placement;
  if (command === null) return;
  const endpoints = await openEndpoints(acting);
  const directory = deployment.sources ?? (await firstFolder(acting, deployment));
  const begun = await supervisor.beginOneOff({
    token,
    group: null,
    command,
    directory,
    env: {
      ...baseEnv(directory),
      ...envOf(acting, deployment, { name: 'smoke', options: { env: {} } }),
      BASE_URL: on === 'production' ? endpoints.production : endpoints.testTraffic,
    },
    timeoutMs: deployment.limits.progressDeadlineMs,
  });
  if (begun.kind === 'busy') throw new Error(begun.message);
  let { state }: { state: OneOffState | null } = begun;
  while (state?.kind === 'running') {
    await pause();
    state = await supervisor.oneOff(token);
  }
  if (state === null) throw new Error(`nothing is known of ${token} any more`);
  if (state.exitCode === 0) return;
  const output = lastLines(await supervisor.log('one-off', token));
  throw new DefiniteFailure(`the smoke test failed on ${on.replace('-', ' ')}: ${state.reason}${output}`);
}

async function firstFolder(acting: Acting, deployment: TargetDeployment): Promise<string> {
  const [first] = componentsOf(acting, deployment, 'service', 'worker');
  const folder = first ? await acting.host.folderOf(first.artifact) : null;
  if (folder === null) throw new DefiniteFailure('the smoke test has no folder to run in');
  return folder;
}
