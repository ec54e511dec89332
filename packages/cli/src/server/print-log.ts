import type { JobAnswer, JobsAnswer } from '@slipway/contracts/api/jobs';
import type { TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { printBytes, printError } from '../view/print.ts';
import { readableLog } from '../view/readable-log.ts';
import { isTerminal } from '../view/terminal.ts';
import { callServer, requestServer } from './call-server.ts';
import { followRunLog, type LogPrinter } from './follow-log.ts';
import { readRunId } from './run-argument.ts';
import type { ServerAccess } from './server-access.ts';
import { withServer } from './server-command.ts';

/** Prints the logs of a run of a server; with --follow until it is over, and the exit status says how it ended. */
export async function printServerLog(typed: TypedArguments): Promise<number> {
  const { runId, mistake } = readRunId(typed.arguments[0]);
  if (mistake !== null) return refuse([mistake]);
  const foreign = ['step', 'failed'].filter((one) => typed.values.has(one) || typed.switches.has(one));
  if (foreign.length > 0) {
    const mend = 'Leave it out, or read the log without a server.';
    return refuse(foreign.map((option) => ({ message: `--${option} is not for runs of a server`, mend })));
  }
  const attempt = typed.values.get('attempt')?.[0];
  const query = attempt === undefined ? '' : `?attempt=${encodeURIComponent(attempt)}`;
  const wanted = typed.values.get('job')?.[0]?.toLowerCase();
  const wants = ({ jobId, key, name }: JobAnswer): boolean =>
    wanted === undefined || [jobId, key, name].some((one) => one.toLowerCase() === wanted);
  const printer = logPrinter(await isTerminal(process.env));
  return withServer(typed, async (access) => {
    if (typed.switches.has('follow')) {
      const run = await followRunLog(access, runId, { wants, printer });
      printer.end();
      return run.conclusion === 'success' || run.conclusion === 'skipped'
        ? exitStatus.success
        : exitStatus.failure;
    }
    const { jobs } = await callServer<JobsAnswer>(access, { path: `/runs/${runId}/jobs${query}` });
    const chosen = jobs.filter(wants);
    if (chosen.length === 0 && wanted !== undefined) {
      const mend = `The run has ${jobs.map(({ key }) => key).join(', ')}.`;
      return refuse([{ message: `the run has no job '${wanted}'`, mend }]);
    }
    for (const job of chosen) await printJob(access, job, printer);
    printer.end();
    return exitStatus.success;
  });
}

async function printJob(access: ServerAccess, job: JobAnswer, printer: LogPrinter): Promise<void> {
  printer.heading(job);
  if (job.id === null || job.startedAt === null) {
    printError(`${job.waiting ?? job.reason ?? 'There is no log.'}\n`);
    return;
  }
  const { body } = await requestServer(access, { path: `/jobs/${job.id}/log` });
  if (body !== null) for await (const bytes of body) printer.bytes(bytes);
}

function logPrinter(onTerminal: boolean): LogPrinter & { end(): void } {
  const log = readableLog(onTerminal);
  let isFirst = true;
  return {
    heading({ name }) {
      printBytes(log.end());
      printBytes(Buffer.from(`${isFirst ? '' : '\n'}== ${name}\n`));
      isFirst = false;
    },
    bytes: (bytes) => printBytes(log.take(bytes)),
    end: () => printBytes(log.end()),
  };
}
