import { isDeepStrictEqual } from 'node:util';
import type { newReleaseSchema } from '@slipway/contracts/api/delivery';
import { SlipwayError } from '@slipway/contracts/errors';
import {
  type Artifact,
  assessRelease,
  type Component,
  type Release,
  type Statement,
} from '@slipway/delivery';
import type { Selectable } from 'kysely';
import type { z } from 'zod';
import { attestRelease } from '../attestations/attest-release.ts';
import { git } from '../repositories/git.ts';
import { isAncestor, readCommit } from '../repositories/read-commits.ts';
import type { Store } from '../store/open-store.ts';
import type { ReleaseTable } from '../store/tables/delivery.ts';
import { bundlesOf, useBundles } from './bundles.ts';
import type { DeliverySources, Repository } from './delivery-sources.ts';
import { readConfigAt } from './read-config.ts';
import { type Asker, audit, invalidRelease, type KeptRelease, keepEvidence, keptOf } from './releases.ts';
import { provenanceBy, stated, whoStates } from './who-states.ts';

/**
 * Takes a build for a release: its commit must be in the repository, its components those of `slipway.yml` there, its bundles here. What a
 * job releases is attested: which job of which run of which commit it was. The same build, known by its time, is one release however often it
 * is reported; what is stated of it the other times is added.
 * @throws SlipwayError `unknown-ref`, `invalid-delivery-config`, `invalid-release`
 */
export async function createRelease(
  sources: DeliverySources,
  asker: Asker,
  claim: z.output<typeof newReleaseSchema>,
): Promise<KeptRelease> {
  const { project, by, runId } = asker;
  const { store, now } = sources;
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
  const createdAtMs = await freeSecond(store, project, now());
  const builtAtMs = claim.builtAt ?? createdAtMs;
  requirePast(builtAtMs, createdAtMs);
  const assessment = assessRelease({ ...claimed, id: 'new', builtAtMs }, Object.keys(described));
  if (assessment.kind === 'refused') throw invalidRelease(assessment.findings);
  const { release } = assessment;
  const { row, isNew } = await keepRelease(sources, asker, {
    ...{ release, described, statedBy, createdAtMs, builtAtMs },
    committedAtMs: Date.parse(commit.committer.date),
  });
  const kept = keptOf(row);
  if (isNew) await audit(sources, { project, by }, { action: 'release.created', tag: row.tag });
  const unknown = release.evidence.filter(
    (one) => !kept.release.evidence.some((known) => isDeepStrictEqual(known, one)),
  );
  return unknown.length === 0 ? kept : keepEvidence(sources, asker, { row, evidence: unknown });
}

interface NewRelease {
  release: Release;
  described: Record<string, Component>;
  statedBy: Statement;
  createdAtMs: number;
  builtAtMs: number;
  committedAtMs: number;
}

async function keepRelease(
  { store, now, attestor }: DeliverySources,
  { project, by, runId }: Asker,
  { release, described, statedBy, createdAtMs, builtAtMs, committedAtMs }: NewRelease,
): Promise<{ row: Selectable<ReleaseTable>; isNew: boolean }> {
  // Before the transaction: a key that has to be made is written by itself.
  const signing = attestor && { publicUrl: attestor.publicUrl, key: await attestor.keys.signing() };
  return store.transaction().execute(async (transaction) => {
    await requireBundles({ store: transaction, now: now() }, project, release.components);
    const inserted = await transaction
      .insertInto('release')
      .values({
        project,
        commit_sha: release.commit,
        ordinal: release.ordinal,
        ref: release.ref,
        version: release.version,
        tag: release.tag,
        components: JSON.stringify(release.components),
        described: JSON.stringify(described),
        evidence: JSON.stringify(release.evidence),
        created_by: by,
        run_id: runId,
        created_at: createdAtMs,
        committed_at: committedAtMs,
      })
      .onConflict((conflict) => conflict.columns(['project', 'tag']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (!inserted) return { row: await sameBuild(transaction, project, release), isNew: false };
    if (signing && statedBy.kind === 'job') {
      const attested = { ...release, id: inserted.id, project, createdAtMs: builtAtMs };
      await attestRelease(transaction, signing, { release: attested, job: statedBy });
    }
    return { row: inserted, isNew: true };
  });
}

/** A job that was cut off before it heard of its release reports it again. */
async function sameBuild(
  store: Store,
  project: string,
  { tag, components }: Release,
): Promise<Selectable<ReleaseTable>> {
  const row = await store
    .selectFrom('release')
    .selectAll()
    .where((where) => where.and({ project, tag }))
    .executeTakeFirstOrThrow();
  if (isDeepStrictEqual(JSON.parse(row.components), JSON.parse(JSON.stringify(components)))) return row;
  throw new SlipwayError('invalid-release', {
    message: `Release ${tag} is there already, with other components. Build again: each build has a time of its own.`,
    field: 'builtAt',
  });
}

/** Clocks of builders may be a little ahead. */
function requirePast(builtAtMs: number, nowMs: number): void {
  if (builtAtMs <= nowMs + 10 * 60_000) return;
  throw new SlipwayError('invalid-release', {
    message: `A release can't be built in the future: ${new Date(builtAtMs).toISOString()}. Look at the clock of the builder.`,
    field: 'builtAt',
  });
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
