import type { AuditPage } from '@slipway/contracts/api/identity';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { callServer } from '../server/call-server.ts';
import { serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { plainText } from '../view/control-sequences.ts';
import { printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'audit',
  summary: 'read who decided what at a server, and what was refused to whom',
  description: [
    'The newest first. Entries are only ever added. Admins of the server read all of it, those of a project what concerns it, with --project.',
  ],
  options: [
    ...serverOptions,
    { name: 'project', value: 'OWNER/NAME', help: 'only what concerns this project' },
    { name: 'actor', value: 'NAME', help: 'only what this one did' },
    {
      name: 'action',
      value: 'ACTION',
      help: 'e.g. sign-in; with a dot at its end all that begin so, e.g. token.',
    },
    { name: 'since', value: 'WHEN', help: 'a date, or a time back from now such as 30m, 24h or 7d' },
    { name: 'refused', help: 'only what was refused' },
    { name: 'limit', value: 'N', help: 'how many; default 50' },
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [
    { line: 'slipway audit --since 24h --refused', says: 'what was tried since yesterday' },
    { line: 'slipway audit --project octo/app --action approval.', says: 'who approved what' },
  ],
};

export const auditCommand: Command = { spec, execute };

const mostOfPage = 200;

async function execute(typed: TypedArguments): Promise<number> {
  const option = (name: string) => typed.values.get(name)?.[0];
  const mistakes: Mistake[] = [];
  const limit = Number(option('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1) {
    mistakes.push({
      message: `--limit '${option('limit')}' is no number of entries`,
      mend: 'Write a whole number of at least 1.',
    });
  }
  const since = sinceOf(option('since'), Date.now());
  if (Number.isNaN(since)) {
    mistakes.push({
      message: `--since '${option('since')}' is no time`,
      mend: 'Write a date such as 2026-11-25, or 30m, 24h, 7d.',
    });
  }
  if (mistakes.length > 0) return refuse(mistakes);
  const filter = new URLSearchParams();
  for (const name of ['project', 'actor', 'action'])
    if (option(name) !== undefined) filter.set(name, option(name) ?? '');
  if (since !== null) filter.set('since', String(since));
  if (typed.switches.has('refused')) filter.set('outcome', 'refused');
  return withServer(typed, async (access) => {
    const entries: AuditPage['entries'] = [];
    for (let cursor: number | null | undefined; cursor !== null && entries.length < limit; ) {
      filter.set('limit', String(Math.min(mostOfPage, limit - entries.length)));
      if (cursor !== undefined) filter.set('cursor', String(cursor));
      const page: AuditPage = await callServer<AuditPage>(access, { path: `/audit?${filter}` });
      entries.push(...page.entries);
      cursor = page.next;
    }
    if (typed.switches.has('json')) for (const entry of entries) printOut(`${JSON.stringify(entry)}\n`);
    else if (entries.length === 0) printOut('Nothing of that is in the log.\n');
    else printOut(textTable(entries.map(rowOf)));
    return exitStatus.success;
  });
}

function rowOf({
  at,
  actor,
  action,
  project,
  subject,
  outcome,
  detail,
}: AuditPage['entries'][number]): string[] {
  const more = Object.entries(detail).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const words = [subject, ...(outcome === 'refused' ? ['REFUSED'] : []), ...more].join(' ');
  const when = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  return [when, actor || '-', action, project ?? '-', words].map((cell) =>
    plainText(Buffer.from(cell)).replaceAll('\n', ' '),
  );
}

/** Null: from the beginning; NaN: not understood. */
function sinceOf(typed: string | undefined, now: number): number | null {
  if (typed === undefined) return null;
  const [, count, unit = ''] = /^(\d+)([mhd])$/.exec(typed) ?? [];
  if (count === undefined) return Date.parse(typed);
  return now - Number(count) * ({ m: 60_000, h: 3_600_000, d: 86_400_000 }[unit] ?? 0);
}
