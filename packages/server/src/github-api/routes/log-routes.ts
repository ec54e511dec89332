import { PassThrough, Readable } from 'node:stream';
import { JobLogText } from '@slipway/contracts/job-log-text';
import { ZipFile } from 'yazl';
import { findStream, readEvents } from '../../history/job-stream.ts';
import {
  enter,
  type GithubCall,
  type GithubContext,
  type GithubRouter,
  type RepositoryCall,
} from '../github-context.ts';
import { notFound } from '../github-error.ts';
import { numberedJobs, requireJob, requireRun } from '../records/runs.ts';

/** Logs are answered at once, where GitHub says at which other place they are. */
export function addLogRoutes(api: GithubRouter, context: GithubContext): void {
  api.get('/repos/:owner/:repo/actions/jobs/:job/logs', async (c) => {
    const call = await enter(c, context, 'project.read');
    const { job } = await requireJob(call);
    if (job.id === null) throw notFound();
    return c.body(Readable.toWeb(Readable.from(logOf(call, job.id))) as ReadableStream, 200, {
      'content-type': 'text/plain; charset=utf-8',
      // Logs are bytes that a job chose: no browser takes them for a page.
      'x-content-type-options': 'nosniff',
    });
  });
  const archive = async (c: GithubCall, attempt: string | undefined) => {
    const call = await enter(c, context, 'project.read');
    const run = await requireRun(call);
    const jobs = await numberedJobs(call, run.id, attempt === undefined ? run.attempt : Number(attempt));
    const zip = new ZipFile();
    let place = 0;
    for (const { id, name } of jobs) {
      if (id === null) continue;
      const file = `${place++}_${fileNameOf(name)}.txt`;
      zip.addReadStreamLazy(file, (answer) => answer(null, Readable.from(logOf(call, id))));
    }
    zip.end();
    const body = zip.outputStream.pipe(new PassThrough());
    return c.body(Readable.toWeb(body) as ReadableStream, 200, {
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename=logs_${run.id}.zip`,
    });
  };
  api.get('/repos/:owner/:repo/actions/runs/:run/logs', (c) => archive(c, undefined));
  api.get('/repos/:owner/:repo/actions/runs/:run/attempts/:attempt{[0-9]+}/logs', (c) =>
    archive(c, c.req.param('attempt')),
  );
}

async function* logOf({ context }: RepositoryCall, jobId: number): AsyncGenerator<Uint8Array> {
  const text = new JobLogText();
  const { stream } = await findStream(context, jobId);
  for await (const events of readEvents(context, stream)) {
    for (const { event } of events) {
      const bytes = text.of(event);
      if (bytes !== null) yield bytes;
    }
  }
}

function fileNameOf(name: string): string {
  return name.replace(/[/\\:*?"<>|\0-\x1f]/g, '_').slice(0, 100);
}
