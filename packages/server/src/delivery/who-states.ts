import type { EvidenceBody } from '@slipway/contracts/api/delivery';
import { SlipwayError } from '@slipway/contracts/errors';
import { type Evidence, readArtifact, type Statement } from '@slipway/delivery';
import type { DeliverySources } from './delivery-sources.ts';
import type { Asker } from './releases.ts';

/**
 * Who states something of a commit, by what the server knows of the job whose token was shown. A job speaks of the commit of its run and,
 * in a run that followed another one (`workflow_run`), of that one's, and of no other.
 * @throws SlipwayError `invalid-release`
 */
export async function whoStates(
  { store, publicUrl }: Pick<DeliverySources, 'store' | 'publicUrl'>,
  { project, by, jobId }: Asker,
  commit: string,
): Promise<Statement> {
  if (jobId === undefined) return { kind: 'person', by };
  const { run_id, ...job } = await store
    .selectFrom('job')
    .select(['job_key', 'attempt', 'run_id'])
    .where('id', '=', jobId)
    .executeTakeFirstOrThrow();
  const run = await store
    .selectFrom('run')
    .innerJoin('event', 'event.id', 'run.event_id')
    .select(['run.id', 'run.sha', 'run.ref', 'run.workflow_path', 'event.name', 'event.facts'])
    .where('run.id', '=', Number(run_id))
    .executeTakeFirstOrThrow();
  const followed = run.name === 'workflow_run' ? headOf(run.facts) : undefined;
  if (run.sha !== commit && followed !== commit) {
    throw new SlipwayError('invalid-release', {
      message: `Run ${run.id} is of commit ${run.sha.slice(0, 12)}${followed === undefined ? '' : ` and follows one of ${followed.slice(0, 12)}`}, so its jobs can state nothing of ${commit.slice(0, 12)}. Let a run of that commit do it.`,
      field: 'commit',
    });
  }
  return {
    kind: 'job',
    runId: run.id,
    attempt: job.attempt,
    job: job.job_key,
    workflow: run.workflow_path,
    ref: run.ref,
    commit,
    url: publicUrl === undefined ? null : `${publicUrl}/${project}/actions/runs/${run.id}`,
  };
}

/** With who states it. */
export function stated(evidence: readonly EvidenceBody[], statedBy: Statement): Evidence[] {
  return evidence.map((one) => ({ ...one, statedBy }) as Evidence);
}

/** Which run released a component is what the server itself knows; a build need not say it. */
export function provenanceBy(
  statedBy: Statement,
  { components, evidence }: { components: Record<string, string>; evidence: readonly EvidenceBody[] },
): Evidence[] {
  if (statedBy.kind !== 'job') return [];
  const { commit, url, runId } = statedBy;
  return Object.values(components).flatMap((reference) => {
    const reading = readArtifact(reference);
    if (reading.kind !== 'artifact') return [];
    const { digest } = reading.artifact;
    if (evidence.some((one) => one.kind === 'provenance' && one.digest === digest)) return [];
    return [{ kind: 'provenance' as const, digest, commit, builder: url ?? `run ${runId}`, statedBy }];
  });
}

function headOf(facts: string): string | undefined {
  const { payload } = JSON.parse(facts) as { payload?: { workflow_run?: { head_sha?: string } } };
  return payload?.workflow_run?.head_sha;
}
