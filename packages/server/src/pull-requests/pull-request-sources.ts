import type { EventSources } from '../events/event-sources.ts';
import type { Project } from '../projects/find-project.ts';

/** What pull requests are handled with. */
export interface PullRequestSources extends EventSources {
  /** @throws SlipwayError `storage-full` while the disk is: for what brings work, or writes to a repository */
  assertRoom: () => void;
  /**
   * Takes in what has become of the branches and pull requests of a project, and what workflows are to be told of them. Never rejects: what
   * does not work is tried again.
   */
  onRepositoryChanged: (project: Project, actor: string) => Promise<void>;
}
