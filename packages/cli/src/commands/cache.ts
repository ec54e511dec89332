import { sizeText } from '@slipway/contracts/size-text';
import type { CacheEntry, KeptResults } from '@slipway/server/kept-results';
import { openLocalResults } from '../artifacts/local-results.ts';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { meant } from '../command-line/suggestion.ts';
import { findRepositoryRoot } from '../repository/repository-root.ts';
import { withoutControl } from '../view/control-sequences.ts';
import { printOut } from '../view/print.ts';
import { textTable } from '../view/text-table.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'cache',
  summary: 'list or delete what actions have cached',
  description: [
    'ACTION is list (default), delete KEY or prune. Prune deletes what nobody has used for some days, then the least recently used until 10 GiB are left, and artifacts that have expired; runs do the same now and then.',
  ],
  argument: { name: 'ACTION', repeatable: true, help: 'list, delete KEY, prune' },
  options: [
    { name: 'all', help: 'delete every entry' },
    { name: 'unused-for', value: 'DAYS', help: 'prune what was not used for so long; default 7' },
    { name: 'json', help: 'print one JSON object a line' },
  ],
  examples: [
    { line: 'slipway cache', says: 'what there is' },
    { line: 'slipway cache delete npm-linux-4f2a', says: 'the entries with that key' },
    { line: 'slipway cache delete --all', says: 'to begin anew' },
  ],
};

export const cacheCommand: Command = { spec, execute };

const actions = ['list', 'delete', 'prune'];

async function execute(typed: TypedArguments): Promise<number> {
  const [action = 'list', key] = typed.arguments;
  const mistakes = assessArguments(typed);
  if (mistakes.length > 0) return refuse(mistakes);
  const root = findRepositoryRoot(process.cwd()) ?? process.cwd();
  const { results, mistake } = await openLocalResults(root);
  if (mistake !== null) return refuse([mistake]);
  if (results === null) return key === undefined ? showNothing(typed) : refuse([unknownKey(key, [])]);
  try {
    switch (action) {
      case 'delete':
        return await remove(results, key ?? null);
      case 'prune':
        return await prune(results, typed);
      default:
        return await list(results, typed);
    }
  } finally {
    await results.close();
  }
}

function assessArguments({ arguments: given, switches, values }: TypedArguments): Mistake[] {
  const [action = 'list', key, ...surplus] = given;
  const help = "Run 'slipway cache --help' for what it takes.";
  if (!actions.includes(action)) {
    const mend = meant(action, actions) ?? 'Write list, delete KEY or prune.';
    return [{ message: `cache cannot '${action}'`, mend }];
  }
  const unexpected = action === 'delete' ? surplus[0] : key;
  if (unexpected !== undefined) return [{ message: `unexpected argument '${unexpected}'`, mend: help }];
  if (action === 'delete' && (key === undefined) !== switches.has('all')) {
    return [{ message: 'delete takes a key or --all', mend: 'Write slipway cache delete KEY.' }];
  }
  const days = values.get('unused-for')?.[0];
  if (days !== undefined && !(/^\d+(\.\d+)?$/.test(days) && action === 'prune')) {
    return [
      {
        message: `--unused-for ${days}: not here`,
        mend: 'Write slipway cache prune --unused-for DAYS with a number.',
      },
    ];
  }
  return [];
}

function showNothing({ switches }: TypedArguments): number {
  if (!switches.has('json')) printOut('Nothing is cached.\n');
  return exitStatus.success;
}

async function list(results: KeptResults, typed: TypedArguments): Promise<number> {
  const entries = await results.cacheEntries();
  if (entries.length === 0) return showNothing(typed);
  if (typed.switches.has('json')) {
    for (const entry of entries) printOut(`${JSON.stringify(describe(entry))}\n`);
    return exitStatus.success;
  }
  const rows = entries.map(({ key, scope, sizeBytes, usedAt }) => [
    key,
    scope,
    sizeText(sizeBytes),
    `used ${new Date(usedAt).toISOString().slice(0, 16).replace('T', ' ')}`,
  ]);
  printOut(withoutControl(Buffer.from(textTable(rows, { rightAligned: [2] }))).toString());
  return exitStatus.success;
}

function describe({ key, scope, version, repository, digest, sizeBytes, createdAt, usedAt }: CacheEntry) {
  return {
    key,
    ref: scope,
    version,
    repository,
    digest,
    sizeBytes,
    createdAt: new Date(createdAt).toISOString(),
    usedAt: new Date(usedAt).toISOString(),
  };
}

/** @param key null: everything */
async function remove(results: KeptResults, key: string | null): Promise<number> {
  const entries = await results.cacheEntries();
  const chosen = entries.filter((entry) => key === null || entry.key === key);
  if (chosen.length === 0 && key !== null) return refuse([unknownKey(key, entries)]);
  await results.deleteCacheEntries(chosen.map(({ id }) => id));
  printOut(deletedText(chosen));
  return exitStatus.success;
}

const dayMs = 24 * 60 * 60 * 1000;

async function prune(results: KeptResults, { values }: TypedArguments): Promise<number> {
  const days = values.get('unused-for')?.[0];
  const { artifacts, cacheEntries } = await results.prune(
    days === undefined ? {} : { maxUnusedMs: Number(days) * dayMs },
  );
  printOut(deletedText(cacheEntries));
  if (artifacts > 0) printOut(`and ${artifacts} expired artifact${artifacts === 1 ? '' : 's'}\n`);
  return exitStatus.success;
}

function deletedText(entries: readonly CacheEntry[]): string {
  const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  return `deleted ${entries.length} cache entr${entries.length === 1 ? 'y' : 'ies'}, ${sizeText(sizeBytes)}\n`;
}

function unknownKey(key: string, entries: readonly CacheEntry[]): Mistake {
  const keys = [...new Set(entries.map((entry) => entry.key))];
  const mend = meant(key, keys) ?? "Run 'slipway cache' to see the keys there are.";
  return { message: `nothing is cached under '${key}'`, mend };
}
