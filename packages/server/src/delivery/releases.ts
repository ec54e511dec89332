import type { EvidenceBody, newReleaseSchema, ReleaseAnswer } from '@slipway/contracts/api/delivery';
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
import type { z } from 'zod';
import { recordAudit } from '../access/audit.ts';
import { attestRelease } from '../attestations/attest-release.ts';
import { git } from '../repositories/git.ts';
import { isAncestor, readCommit } from '../repositories/read-commits.ts';
import type { Store } from '../store/open-store.ts';
import type { ReleaseTable } from '../store/tables/delivery.ts';
import { bundlesOf, useBundles } from './bundles.ts';
import type { DeliverySources, Repository } from './delivery-sources.ts';
import { readConfigAt } from './read-config.ts';
import { provenanceBy, stated, whoStates } from './who-states.ts';

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
 * Takes a build for a release: its commit must be in the repository, its components those of `slipway.yml` there, its bundles here. What a
 * job releases is attested: which job of which run of which commit it was.
 * @throws SlipwayError `unknown-ref`, `invalid-delivery-config`, `invalid-release`
 */
export async function createRelease(
  sources: DeliverySources,
  asker: Asker,
  claim: z.output<typeof newReleaseSchema>,
): Promise<KeptRelease> {
  const { project, by, runId } = asker;
  const { store, now, attestor } = sources;
  const repository = await sources.repositoryOf(project);
  const commit = await readCommit(repository.directory, claim.commit);
  if (commit === null) {
    throw new SlipwayError('unknown-ref', {
      message: `The repository has no commit “${claim.commit}”. Push it first.`,
      field: 'commit',
    });
  }
  const statedBy = await whoStates(sources, asker, commit.sha);
  const { components: described } = await readConfigAt(repository, commit.sha);
  const { ordinal, version } = await describeCommit(repository, commit.sha);
  const ref = claim.ref ?? (await refOfRun(store, runId)) ?? `refs/heads/${repository.defaultBranch}`;
  await requireCommitOn(repository, { commit: commit.sha, ref });
  const claimed = {
    ...claim,
    evidence: [...stated(claim.evidence, statedBy), ...provenanceBy(statedBy, claim)],
    commit: commit.sha,
    ordinal,
    ref,
    version: claim.version ?? version,
  };
  const builtAtMs = await freeSecond(store, project, now());
  const assessment = assessRelease({ ...claimed, id: 'new', builtAtMs }, Object.keys(described));
  if (assessment.kind === 'refused') throw invalidRelease(assessment.findings);
  const { release } = assessment;
  // Before the transaction: a key that has to be made is written by itself.
  const signing = attestor && { publicUrl: attestor.publicUrl, key: await attestor.keys.signing() };
  const row = await store.transaction().execute(async (transaction) => {
    await requireBundles({ store: transaction, now: now() }, project, release.components);
    const inserted = await transaction
      .insertInto('release')
      .values({
        project,
        commit_sha: release.commit,
        ordinal,
        ref,
        version: release.version,
        tag: release.tag,
        components: JSON.stringify(release.components),
        described: JSON.stringify(described),
        evidence: JSON.stringify(release.evidence),
        created_by: by,
        run_id: runId,
        created_at: builtAtMs,
        committed_at: Date.parse(commit.committer.date),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    if (signing && statedBy.kind === 'job') {
      const attested = { ...release, id: inserted.id, project, createdAtMs: builtAtMs };
      await attestRelease(transaction, signing, { release: attested, job: statedBy });
    }
    return inserted;
  });
  await audit(sources, { project, by }, { action: 'release.created', tag: row.tag });
  return keptOf(row);
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
  const { store } = sources;
  const { project } = asker;
  const { row } = await findRelease(store, project, reference);
  const evidence = stated(claimed, await whoStates(sources, asker, row.commit_sha));
  await audit(sources, asker, { action: 'release.evidence', tag: row.tag, evidence });
  return store.transaction().execute(async (transaction) => {
    const current = keptOf(
      await transaction.selectFrom('release').selectAll().where('id', '=', row.id).executeTakeFirstOrThrow(),
    );
    const { release, described } = current;
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
    return keptOf(changed);
  });
}

async function audit(
  { store, now }: DeliverySources,
  { project, by }: Pick<Asker, 'project' | 'by'>,
  { action, tag, ...detail }: { action: string; tag: string; evidence?: readonly Evidence[] },
): Promise<void> {
  const subject = `release ${tag}`;
  await recordAudit(store, { at: now(), actor: by, action, project, subject, outcome: 'done', detail });
}

/** By id, tag, commit (or its beginning), version or `latest`; of several the newest. @throws SlipwayError `unknown-release` */
export async function findRelease(store: Store, project: string, reference: string): Promise<KeptRelease> {
  const query = store.selectFrom('release').selectAll().where('project', '=', project);
  const id = /^\d{1,9}$/.test(reference) ? Number(reference) : -1;
  const row = await query
    .where(({ or, eb }) =>
      reference === 'latest'
        ? eb('id', '>', 0)
        : or([
            eb('id', '=', id),
            eb('tag', '=', reference),
            eb('version', '=', reference),
            ...(/^[0-9a-f]{7,64}$/.test(reference) ? [eb('commit_sha', 'like', `${reference}%`)] : []),
          ]),
    )
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

/** A tag names the second of its build: two builds of one commit in the same second are told apart by the next one. */
async function freeSecond(store: Store, project: string, atMs: number): Promise<number> {
  const row = await store
    .selectFrom('release')
    .select(({ fn }) => fn.max('created_at').as('last'))
    .where('project', '=', project)
    .executeTakeFirst();
  const last = row?.last ?? 0;
  return Math.floor(last / 1000) < Math.floor(atMs / 1000) ? atMs : last + 1000;
}

async function describeCommit(
  { directory }: Repository,
  commit: string,
): Promise<{ ordinal: number; version: string }> {
  const [count, described] = await Promise.all([
    git(directory, ['rev-list', '--count', commit, '--']),
    git(directory, ['describe', '--tags', '--always', commit]),
  ]);
  return { ordinal: Number(count), version: described.trim() };
}

async function refOfRun(store: Store, runId: number | null): Promise<string | undefined> {
  if (runId === null) return undefined;
  const row = await store.selectFrom('run').select('ref').where('id', '=', runId).executeTakeFirst();
  return row && /^refs\/(?:heads|tags)\//.test(row.ref) ? row.ref : undefined;
}

/** Which refs an environment takes is worth something only if a release can't claim another one. */
async function requireCommitOn(
  { directory }: Repository,
  { commit, ref }: { commit: string; ref: string },
): Promise<void> {
  if (await isAncestor(directory, commit, ref)) return;
  throw new SlipwayError('invalid-release', {
    message: `Commit ${commit.slice(0, 12)} is not on ${ref}. Name a branch or tag that has it, with \`--ref\`.`,
    field: 'ref',
  });
}

async function requireBundles(
  clock: { store: Store; now: number },
  project: string,
  components: Record<string, Artifact>,
): Promise<void> {
  const [missing] = await useBundles(clock, project, bundlesOf(components));
  if (missing === undefined) return;
  const component = Object.entries(components).find(([, { digest }]) => digest === missing)?.[0];
  throw new SlipwayError('invalid-release', {
    message: `No bundle ${missing} of component ${component} is kept here. Upload it with \`slipway bundle DIR\` first, or name an image as repository@sha256:….`,
    field: `components.${component}`,
  });
}

function invalidRelease(findings: readonly ReleaseFinding[]): SlipwayError {
  const [first] = findings;
  const message = findings.map((one) => `${one.message} ${one.mend}`).join(' ');
  const field = first?.component;
  return new SlipwayError('invalid-release', { message, ...(field && { field: `components.${field}` }) });
}
