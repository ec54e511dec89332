import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jobScope } from '../job/job-contexts.ts';
import type { JobState } from '../job/job-state.ts';
import { displayName } from '../steps/display-name.ts';
import type { DuePost, StepMemory } from '../steps/step-memory.ts';
import type { ArchivedFolder } from './archive-job.ts';
import type { KeptJob, KeptMemory, KeptPoint, KeptPost } from './kept-job.ts';
import type { StepPoint } from './step-points.ts';
import { createSecretRemover, type SecretRemover } from './without-secrets.ts';

/** Takes a kept job to where other machines find it. @returns where that is, for people */
export type HandOver = (folder: ArchivedFolder) => Promise<string>;

/**
 * Keeps the job where the runner's options say.
 * @returns where it is, for people
 * @throws the system's error
 */
export async function keepWhereAsked(job: JobState): Promise<string> {
  const folder = keepJob(job);
  const { kept } = job.options;
  if (kept?.handOver === undefined) return folder;
  const { directory } = kept;
  return kept.handOver({ directory, number: job.number, holdsSecret: job.masker.isIn, signal: job.killed });
}

/**
 * Moves the job's folder to the kept ones, with what is needed to go on from its steps. A rename: the folder may be large.
 * @returns where it is now
 * @throws the system's error; the folder is where it was then
 */
function keepJob(job: JobState): string {
  const { kept } = job.options;
  if (kept === undefined) throw new Error('this runner keeps no jobs');
  const remover = createSecretRemover(job.contexts.secrets, job.masker);
  // One that did not come to the step that it was to go on from is what it was.
  const record: KeptJob = (job.points.length === 0 && job.resume?.job) || {
    version: 1,
    jobKey: job.request.jobKey,
    number: job.number,
    root: job.folders.root,
    points: withEarlier(
      job.points.map((point) => keptPoint(point, job, remover)),
      job.resume?.job.points ?? [],
    ),
    initial: keptVariables(job.initialVariables, remover),
    checkouts: job.checkouts,
    notKept: [],
  };
  record.notKept = [...new Set([...record.notKept, ...remover.notKept])];
  mkdirSync(kept.directory, { recursive: true });
  const folder = join(kept.directory, String(job.number));
  rmSync(folder, { recursive: true, force: true });
  renameSync(job.folders.root, folder);
  const path = `${folder}.json`;
  writeFileSync(path, JSON.stringify(record), { mode: 0o600 });
  chmodSync(path, 0o600);
  return folder;
}

/**
 * Of a job that went on from a step: the points before that step stay, and those of which there is a copy, up to where it failed now.
 */
function withEarlier(points: KeptPoint[], earlier: readonly KeptPoint[]): KeptPoint[] {
  const [first] = points;
  if (first === undefined) return points;
  const failed = points.find(({ conclusion }) => conclusion === 'failure')?.place ?? Number.POSITIVE_INFINITY;
  const before = earlier.filter(({ place, copied }) => copied && place < first.place);
  const now = points.map((point) => {
    const copy = earlier.find(
      ({ copied, place, name }) => copied && place === point.place && name === point.name,
    );
    if (copy === undefined || point.copied || point.place >= failed) return point;
    const { conclusion } = point;
    return conclusion === undefined ? copy : { ...copy, conclusion };
  });
  return [...before, ...now];
}

function keptPoint(point: StepPoint, job: JobState, remover: SecretRemover): KeptPoint {
  const { place, step, conclusion, variables, path, steps, status, posts, copied } = point;
  const scope = { ...jobScope(job, steps) };
  return {
    place,
    ...(step.id.startsWith('__') ? {} : { id: step.id }),
    name: job.masker.maskText(displayName(step, scope)),
    ...(conclusion === undefined ? {} : { conclusion }),
    variables: keptVariables(variables, remover),
    path: [...path],
    steps: remover.value(steps, 'steps') as KeptPoint['steps'],
    status,
    posts: posts.map((post) => keptPost(post, remover)),
    copied,
  };
}

function keptVariables(
  variables: Readonly<Record<string, string>>,
  remover: SecretRemover,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => {
      const text = remover.text(value, `env.${name}`);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

function keptPost({ step, condition, title, memory }: DuePost, remover: SecretRemover): KeptPost {
  return { step, condition, title, memory: keptMemory(memory, title, remover) };
}

function keptMemory({ state, inner }: StepMemory, title: string, remover: SecretRemover): KeptMemory {
  return {
    state: [...state].flatMap(([name, value]): [string, string][] => {
      const text = remover.text(value, `the state ${name} of ${title}`);
      return text === undefined ? [] : [[name, text]];
    }),
    innerSteps: remover.value(inner.steps, `steps of ${title}`) as KeptMemory['innerSteps'],
    innerPosts: inner.posts.map((post) => keptPost(post, remover)),
  };
}
