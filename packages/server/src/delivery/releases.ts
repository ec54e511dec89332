import type { EvidenceBody, ReleaseAnswer } from '@slipway/contracts/api/delivery';
import { SlipwayError } from '@slipway/contracts/errors';
import {
  type Artifact,
  assessRelease,
  type Component,
  type Evidence,
  formatArtifact,
  type Release,
  type ReleaseFinding,
} from '@slipway/delivery';
import type { Selectable } from 'kysely';
import { recordAudit } from '../access/audit.ts';
import type { Store } from '../store/open-store.ts';
import type { ReleaseTable } from '../store/tables/delivery.ts';
import type { DeliverySources } from './delivery-sources.ts';
import { stated, whoStates } from './who-states.ts';

/** A release as it is kept: with how its commit describes its components. */
export interface KeptRelease {
  release: Release;
  described: Record<string, Component>;
  row: Selectable<ReleaseTable>;
}

export interface Asker {
  project: string;
  /** Who asks. */
  by: string;
  /** The run whose job asks. */
  runId: number | null;
  /** That job, if its own token says so: what it states is bound to it. */
  jobId?: number;
}

/**
 * What was found out about a release after it was made, e.g. by end-to-end tests.
 * @throws SlipwayError `unknown-release`, `invalid-release`
 */
export async function addEvidence(
  sources: DeliverySources,
  asker: Asker,
  { reference, evidence: claimed }: { reference: string; evidence: readonly EvidenceBody[] },
): Promise<KeptRelease> {
  const { row } = await findRelease(sources.store, asker.project, reference);
  return keepEvidence(sources, asker, {
    row,
    evidence: stated(claimed, await whoStates(sources, asker, row.commit_sha)),
  });
}

/** Adds to what is kept of a release already. @throws SlipwayError `invalid-release` */
export async function keepEvidence(
  { store, now }: DeliverySources,
  asker: Asker,
  { row, evidence }: { row: Selectable<ReleaseTable>; evidence: readonly Evidence[] },
): Promise<KeptRelease> {
  return store.transaction().execute(async (transaction) => {
    const { release, described } = await lockRelease(transaction, row.id);
    const all = [...release.evidence, ...evidence];
    const assessment = assessRelease(
      {
        ...release,
        builtAtMs: release.createdAtMs,
        components: referencesOf(release.components),
        evidence: all,
      },
      Object.keys(described),
    );
    if (assessment.kind === 'refused') throw invalidRelease(assessment.findings);
    const changed = await transaction
      .updateTable('release')
      .set({ evidence: JSON.stringify(all) })
      .where('id', '=', row.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const detail = { action: 'release.evidence', tag: row.tag, evidence };
    await audit({ store: transaction, now }, asker, detail);
    return keptOf(changed);
  });
}

/** Writing the row makes whoever else adds to it wait. */
async function lockRelease(store: Store, id: number): Promise<KeptRelease> {
  const row = await store
    .updateTable('release')
    .set(({ ref }) => ({ evidence: ref('evidence') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return keptOf(row);
}

export async function audit(
  { store, now }: Pick<DeliverySources, 'store' | 'now'>,
  { project, by }: Pick<Asker, 'project' | 'by'>,
  { action, tag, ...detail }: { action: string; tag: string; evidence?: readonly Evidence[] },
): Promise<void> {
  const subject = `release ${tag}`;
  await recordAudit(store, { at: now(), actor: by, action, project, subject, outcome: 'done', detail });
}

/**
 * By id, tag, commit (or its beginning) or version, the first of these that fits, or `latest`; of several the newest. Versions are what
 * builds say they are: one that reads like the id or the tag of another release does not stand for that one.
 * @throws SlipwayError `unknown-release`
 */
export async function findRelease(store: Store, project: string, reference: string): Promise<KeptRelease> {
  const query = store.selectFrom('release').selectAll().where('project', '=', project);
  const id = /^\d{1,9}$/.test(reference) ? Number(reference) : -1;
  const commit = /^[0-9a-f]{7,64}$/.test(reference) ? `${reference}%` : '';
  const row = await query
    .where(({ or, eb }) =>
      reference === 'latest'
        ? eb('id', '>', 0)
        : or([
            eb('id', '=', id),
            eb('tag', '=', reference),
            eb('commit_sha', 'like', commit),
            eb('version', '=', reference),
          ]),
    )
    .orderBy(({ eb }) => {
      const rank = eb.case().when('id', '=', id).then(1).when('tag', '=', reference).then(2);
      return rank.when('commit_sha', 'like', commit).then(3).else(4).end();
    })
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row) return keptOf(row);
  throw new SlipwayError('unknown-release', {
    message: `There is no release “${reference}”. Name an id, a tag or a commit that \`slipway release list\` shows, or \`latest\`.`,
    field: 'release',
  });
}

export async function listReleases(store: Store, project: string, limit: number): Promise<KeptRelease[]> {
  const rows = await store
    .selectFrom('release')
    .selectAll()
    .where('project', '=', project)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(keptOf);
}

export function releaseAnswer({ release, row }: KeptRelease): ReleaseAnswer {
  const { tag, version, commit, ordinal, ref, components, evidence } = release;
  return {
    id: row.id,
    project: row.project,
    tag,
    version,
    commit,
    ordinal,
    ref,
    components: referencesOf(components),
    evidence,
    createdBy: row.created_by,
    runId: row.run_id,
    createdAt: row.created_at,
  };
}

export function keptOf(row: Selectable<ReleaseTable>): KeptRelease {
  return {
    release: {
      id: String(row.id),
      commit: row.commit_sha,
      ordinal: row.ordinal,
      ref: row.ref,
      version: row.version,
      tag: row.tag,
      createdAtMs: row.created_at,
      components: JSON.parse(row.components) as Release['components'],
      evidence: JSON.parse(row.evidence) as Evidence[],
    },
    described: JSON.parse(row.described) as Record<string, Component>,
    row,
  };
}

function referencesOf(components: Record<string, Artifact>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(components).map(([name, artifact]) => [name, formatArtifact(artifact)]),
  );
}

export function invalidRelease(findings: readonly ReleaseFinding[]): SlipwayError {
  const [first] = findings;
  const message = findings.map((one) => `${one.message} ${one.mend}`).join(' ');
  const field = first?.component;
  return new SlipwayError('invalid-release', { message, ...(field && { field: `components.${field}` }) });
}
