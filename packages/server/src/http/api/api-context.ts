import type { HttpBindings } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Identification } from '../../access/identify.ts';
import type { BlobStore } from '../../blobs/blob-store.ts';
import type { DeliverySources } from '../../delivery/delivery-sources.ts';
import type { Project } from '../../projects/find-project.ts';
import type { PullRequestSources } from '../../pull-requests/pull-request-sources.ts';
import type { JobStreams } from '../../runners/job-streams.ts';
import type { CallerVariables } from '../identify-caller.ts';

/** What the REST interface works on. */
export interface ApiContext extends PullRequestSources {
  identification: Identification;
  streams: JobStreams;
  blobs: BlobStore;
  delivery: DeliverySources;
  /** A project is new, or its settings have changed. */
  onProjectChanged: (project: Project, actor: string) => void;
  /** Aborted: what follows is answered to its end, since the server is about to. */
  closing: AbortSignal;
}

/** Who asks is known to every route. */
export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: CallerVariables;
}

export type ApiRouter = OpenAPIHono<ApiEnv>;
