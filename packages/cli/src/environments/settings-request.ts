import type { EnvironmentSettings } from '@slipway/contracts/api/environments';
import { readDuration } from '@slipway/delivery';
import type { Mistake, OptionSpec, TypedArguments } from '../command-line/command.ts';

/** What of an environment can be set. */
export const settingOptions: readonly OptionSpec[] = [
  {
    name: 'reviewer',
    value: 'USER',
    repeatable: true,
    help: 'one of them has to approve; none: nobody has to',
  },
  { name: 'self-review', value: 'allow|prevent', help: 'whether who starts something may approve it' },
  { name: 'wait', value: 'TIME', help: 'from the request to the earliest start, e.g. 10m; 0s: at once' },
  {
    name: 'branch',
    value: 'PATTERN',
    repeatable: true,
    help: 'branches that may enter; none and no tags: all may',
  },
  { name: 'tag', value: 'PATTERN', repeatable: true, help: 'tags that may enter' },
  { name: 'approval-expires', value: 'TIME', help: 'how long an approval holds, e.g. 24h' },
  {
    name: 'freeze',
    value: 'FROM..UNTIL[ REASON]',
    repeatable: true,
    help: 'nothing enters then; UTC, e.g. "2026-12-20..2027-01-02T06:00 Holidays"; none: takes away those that were set',
  },
];

/** The word for an empty list. */
const noneWord = 'none';

/** What was typed; the rest is left out. */
export function readSettings({ values }: TypedArguments): {
  settings: EnvironmentSettings;
  mistakes: Mistake[];
} {
  const mistakes: Mistake[] = [];
  const listOf = (option: string): string[] | undefined => {
    const given = values.get(option);
    return given?.length === 1 && given[0] === noneWord ? [] : given && [...given];
  };
  const durationOf = (option: string): number | undefined => {
    const text = values.get(option)?.[0];
    const ms = text === undefined ? undefined : readDuration(text);
    if (text !== undefined && ms === undefined) {
      mistakes.push({ message: `--${option} '${text}' is no time`, mend: 'Write it like 90s, 10m or 24h.' });
    }
    return ms;
  };
  const selfReview = values.get('self-review')?.[0];
  if (selfReview !== undefined && selfReview !== 'allow' && selfReview !== 'prevent') {
    mistakes.push({
      message: `--self-review '${selfReview}' means nothing`,
      mend: 'Write allow or prevent.',
    });
  }
  const freezes = listOf('freeze')?.map((text) => readFreeze(text, mistakes));
  const settings = {
    reviewers: listOf('reviewer'),
    preventSelfReview: selfReview === undefined ? undefined : selfReview === 'prevent',
    waitMs: durationOf('wait'),
    branches: listOf('branch'),
    tags: listOf('tag'),
    approvalLifeMs: durationOf('approval-expires'),
    windows: freezes?.filter((freeze) => freeze !== null),
  };
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return { settings: given as EnvironmentSettings, mistakes };
}

type Window = NonNullable<EnvironmentSettings['windows']>[number];

function readFreeze(text: string, mistakes: Mistake[]): Window | null {
  const [, from = '', until = '', reason = ''] = /^(\S+?)\.\.(\S+)(?:\s+(.+))?$/.exec(text) ?? [];
  const [fromMs, untilMs] = [from, until].map(readMoment);
  if (fromMs !== undefined && untilMs !== undefined && fromMs < untilMs) {
    return { kind: 'freeze', fromMs, untilMs, reason: reason || 'Freeze' };
  }
  const mend = 'Write FROM..UNTIL and a reason, e.g. "2026-12-20..2027-01-02T06:00 Holidays".';
  mistakes.push({ message: `--freeze '${text}' is no span of time`, mend });
  return null;
}

/** `2026-12-20` or `2026-12-20T18:00`, UTC. */
function readMoment(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?$/.test(text)) return undefined;
  const ms = Date.parse(text.includes('T') ? `${text}:00Z` : `${text}T00:00:00Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
