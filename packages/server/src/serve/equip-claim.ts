import type { Value } from '@slipway/workflow';
import type { Payload } from '@slipway/workflow/triggers';
import { issueJobToken } from '../access/job-token.ts';
import { equipRequest } from '../controller/equip-request.ts';
import type { EventSources } from '../events/event-sources.ts';
import { textAt } from '../github/payload-values.ts';
import type { Claim } from '../queue/job-queue.ts';
import { issueRuntimeToken } from '../results/job-scope.ts';
import { runtimeVariables } from '../results/runtime-variables.ts';
import type { GatewayOptions } from '../runners/store-gateway.ts';
import type { Store } from '../store/open-store.ts';

const runtimeTokenLifeMs = 24 * 60 * 60_000;

/** What a claimed job gets besides what the queue holds. */
export function equipClaims(sources: EventSources, key: Uint8Array): GatewayOptions['equip'] {
  const { store, secrets, publicUrl, now } = sources;
  return async (claim) => {
    const { project, jobId, request } = claim;
    const token = await issueJobToken({ project, jobId }, { key, now: now() });
    const { github } = request.contexts;
    // Whoever may send a pull request must not be able to read secrets with it.
    const own = isOfFork(github) ? {} : (await secrets.read(project)).secrets;
    const attemptBeganAt = await beganAt(store, claim);
    return {
      request: await equipRequest(store, claim, { ...own, GITHUB_TOKEN: token }),
      source: {
        kind: 'repository',
        url: `${publicUrl}/${project}.git`,
        sha: text(github.sha),
        ref: text(github.ref),
        token,
      },
      actionsRuntime: await runtimeVariables(request, `${publicUrl}/`, (scope) =>
        issueRuntimeToken(
          { ...scope, ...(attemptBeganAt !== null && { attemptBeganAt }) },
          { key, now: now(), lifeMs: runtimeTokenLifeMs },
        ),
      ),
    };
  };
}

/** Of another attempt than the first, whose jobs may replace what they made before. */
async function beganAt(store: Store, { request, attempt }: Claim): Promise<number | null> {
  if (attempt === 1) return null;
  const row = await store
    .selectFrom('run_attempt')
    .select('created_at')
    .where(({ and }) => and({ run_id: Number(request.runId), attempt }))
    .executeTakeFirst();
  return row?.created_at ?? null;
}

/** Code of another repository is executed: by every event about a pull request of a fork but the one that is made for that. */
function isOfFork(github: Record<string, Value>): boolean {
  const name = text(github.event_name);
  if (!name.startsWith('pull_request') || name === 'pull_request_target') return false;
  const head = textAt(github.event as Payload, 'pull_request', 'head', 'repo', 'full_name');
  return head !== text(github.repository);
}

function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}
