import type { Acceptance } from '../controller/accept-event.ts';
import type { EventSources } from '../events/event-sources.ts';
import { takePushes } from '../events/take-pushes.ts';
import { fetchMirror } from '../github/mirror.ts';
import { listProjects, type Project } from '../projects/find-project.ts';
import { followBranches } from '../pull-requests/follow-branches.ts';
import { startApproved } from '../pull-requests/held-events.ts';
import { tellPullRequests } from '../pull-requests/tell-pull-requests.ts';
import { repositoryDirectory } from '../repositories/bare-repository.ts';
import { readRefs } from '../repositories/read-commits.ts';
import { syncSchedules } from '../schedules/sync-schedules.ts';

/**
 * Tells of what was pushed and of pull requests, and keeps schedules as the default branch has them; one look at a repository at a time.
 */
export interface PushWatch {
  /**
   * After a push, or a change of a pull request or the settings. Never rejects: what could not be told of is tried again.
   * @returns what came of pushes
   */
  look(project: Project, actor: string): Promise<Acceptance[]>;
  /** At start: tells of pushes whose events a crash has swallowed, and reads schedules. */
  lookEverywhere(): Promise<void>;
  close(): Promise<void>;
}

const tryAgainMs = 5_000;

export function createPushWatch(sources: EventSources, onTrouble: (error: unknown) => void): PushWatch {
  const looks = new Map<string, Promise<Acceptance[]>>();
  /** One for each project that is to be looked at again. */
  const retries = new Map<string, NodeJS.Timeout>();
  let isClosed = false;
  const look: PushWatch['look'] = (project, actor) => {
    const before: Promise<unknown> = looks.get(project.name) ?? Promise.resolve();
    const own = before.then(async () => {
      if (isClosed) return [];
      try {
        const taken = await takeChanges(sources, project, actor);
        await startApproved(sources, project);
        await syncSchedules(sources, project);
        return taken;
      } catch (error) {
        onTrouble(error);
        if (!isClosed && !retries.has(project.name)) {
          const again = () => {
            retries.delete(project.name);
            void look(project, actor);
          };
          retries.set(project.name, setTimeout(again, tryAgainMs));
        }
        return [];
      }
    });
    looks.set(project.name, own);
    void own.then(() => {
      if (looks.get(project.name) === own) looks.delete(project.name);
    });
    return own;
  };
  return {
    look,
    async lookEverywhere() {
      const projects = await listProjects(sources.store);
      for (const project of projects) {
        await look(project, ownerOf(project));
      }
    },
    async close() {
      isClosed = true;
      for (const timer of retries.values()) clearTimeout(timer);
      await Promise.all(looks.values());
    },
  };
}

/** Pushes first: whoever sees a pull request's new head then sees the run of its push too. */
async function takeChanges(sources: EventSources, project: Project, actor: string): Promise<Acceptance[]> {
  if (project.settings.source.kind !== 'hosted') {
    await fetchOnce(sources, project);
    return [];
  }
  const taken = await takePushes(sources, project, actor);
  await followBranches(sources, project, actor);
  await tellPullRequests(sources, project);
  return taken;
}

/** A new mirror: later fetches come with webhooks. */
async function fetchOnce(sources: EventSources, project: Project): Promise<void> {
  const directory = repositoryDirectory(sources.repositories, project.name);
  if ((await readRefs(directory)).size === 0) await fetchMirror(sources, project);
}

/** Who pushed is not known any more. */
function ownerOf({ name }: Project): string {
  return name.split('/', 1)[0] ?? 'slipway';
}
