import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import type { ActionKnowledge } from '@slipway/runner/actions';
import type { Action, Read, Workflow } from '@slipway/workflow';
import type { Surroundings } from '@slipway/workflow/lint';
import { installation } from '../machine/installation.ts';
import { loadCalledWorkflows } from '../workflows/called-workflows.ts';
import { readActionModel } from '../workflows/read-models.ts';
import type { LintContext, OpenedFile } from './lint-files.ts';

type Around = Pick<Surroundings, 'action' | 'called' | 'pin' | 'isLocked' | 'unavailable'>;

/**
 * Finds out beforehand what the rules may ask about actions and called workflows: from the repository's own files and the cache,
 * with `online` also from the servers. @returns what a file with this path may ask
 */
export async function lookAround(
  opened: readonly OpenedFile[],
  { online }: { online: boolean },
  context: LintContext,
): Promise<(path: string) => Around> {
  const [remote, local, called] = await Promise.all([
    lookUpRemote(opened, online, context),
    readLocalActions(opened, context),
    readCalled(opened, online, context),
  ]);
  return (path) => {
    const known = (uses: string) => {
      const answer = remote.get(keyOf(path, uses));
      return answer?.kind === 'known' ? answer : undefined;
    };
    return {
      called,
      action(uses) {
        const answer = known(uses);
        return answer ? { value: answer.action, diagnostics: [] } : local.get(uses);
      },
      pin(uses) {
        const sha = known(uses)?.sha;
        return sha === undefined ? undefined : { sha };
      },
      isLocked: (uses) => known(uses)?.isLocked ?? false,
      unavailable(uses) {
        const answer = remote.get(keyOf(path, uses));
        return answer?.kind === 'unavailable' ? answer : undefined;
      },
    };
  };
}

/** Whether an action must be locked depends on the workflow. */
function keyOf(path: string, uses: string): string {
  return `${path}\0${uses}`;
}

const isRemote = (uses: string): boolean => !/^(?:\.|\$\/|docker:)/.test(uses);

async function lookUpRemote(
  opened: readonly OpenedFile[],
  online: boolean,
  { root, home, environment, signal }: LintContext,
): Promise<Map<string, ActionKnowledge>> {
  const asked = opened.flatMap(({ file, lint }) =>
    lint.uses.filter(isRemote).map((uses) => ({ path: file.path, uses })),
  );
  const found = new Map<string, ActionKnowledge>();
  if (asked.length === 0) return found;
  const { createActionLookup } = await import('@slipway/runner/actions');
  const { GITHUB_SERVER_URL: serverUrl } = environment;
  const lookUp = createActionLookup({
    builtInRoot: installation(),
    slipwayHome: home,
    repositoryRoot: root,
    offline: !online,
    env: environment,
    ...(serverUrl ? { serverUrl } : {}),
  });
  const askInTurn = async (): Promise<void> => {
    for (let next = asked.pop(); next !== undefined; next = asked.pop())
      found.set(keyOf(next.path, next.uses), await lookUp(next.uses, signal, next.path));
  };
  await Promise.all(Array.from({ length: atOnce }, askInTurn));
  return found;
}

/** Questions to servers that are under way at one time. */
const atOnce = 8;

/** `./path` and `$/path` of the repository; what has a Dockerfile alone, or lies outside, is not known. */
async function readLocalActions(
  opened: readonly OpenedFile[],
  { root, cache }: LintContext,
): Promise<Map<string, Read<Action> | 'missing'>> {
  const found = new Map<string, Read<Action> | 'missing'>();
  for (const uses of new Set(opened.flatMap(({ lint }) => lint.uses))) {
    if (isRemote(uses) || uses.startsWith('docker:')) continue;
    const folder = normalize(uses.replaceAll('\\', '/').slice(2));
    if (folder.startsWith('..')) continue;
    const file = ['action.yml', 'action.yaml']
      .map((name) => join(folder, name))
      .find((path) => existsSync(join(root, path)));
    if (file !== undefined) {
      const content = readFileSync(join(root, file), 'utf8');
      found.set(uses, await readActionModel({ path: file, content }, cache));
    } else if (!existsSync(join(root, folder, 'Dockerfile'))) found.set(uses, 'missing');
  }
  return found;
}

async function readCalled(
  opened: readonly OpenedFile[],
  online: boolean,
  context: LintContext,
): Promise<NonNullable<Surroundings['called']>> {
  const workflows = opened.flatMap(({ lint }) => lint.workflow ?? []);
  if (!workflows.some(({ jobs }) => jobs.some(({ kind }) => kind === 'reusable'))) return () => undefined;
  const { lazyActionStore } = await import('../runs/lazy-providers.ts');
  const { root, home, cache, environment, signal } = context;
  const { GITHUB_SERVER_URL: serverUrl } = environment;
  const store = lazyActionStore({
    slipwayHome: home,
    repositoryRoot: root,
    offline: !online,
    ...(serverUrl ? { serverUrl } : {}),
  });
  // What cannot be read is told where it is linted itself, or is not known.
  const { load } = await loadCalledWorkflows(workflows, { root, cache, store, signal });
  return (uses: string, caller: Workflow) => {
    const isLocal = uses.startsWith('./') && !caller.path.includes('@');
    return load(uses, caller) ?? (isLocal && !existsSync(join(root, uses)) ? 'missing' : undefined);
  };
}
