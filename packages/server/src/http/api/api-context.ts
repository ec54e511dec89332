import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Principal } from '../../access/principal.ts';
import type { BlobStore } from '../../blobs/blob-store.ts';
import type { EventSources } from '../../events/event-sources.ts';
import type { Project } from '../../projects/find-project.ts';
import type { JobStreams } from '../../runners/job-streams.ts';

/** What the REST interface works on. */
export interface ApiContext extends EventSources {
  streams: JobStreams;
  blobs: BlobStore;
  /** @throws SlipwayError `storage-full` while the disk is: for requests that bring work */
  assertRoom: () => void;
  /** A project is new, or its settings have changed. */
  onProjectChanged: (project: Project, actor: string) => void;
  /** Aborted: what follows is answered to its end, since the server is about to. */
  closing: AbortSignal;
}

/** Who asks is known to every route. */
export interface ApiEnv {
  Variables: { actor: string; principal: Principal };
}

export type ApiRouter = OpenAPIHono<ApiEnv>;
