import type { GroupRequest } from '../plan/run-plan.ts';

/**
 * Who holds which concurrency group and who waits, over all runs of a repository. Plain JSON, immutable.
 * Members are named by the caller: a run, or a leg of one.
 * @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
export interface ConcurrencyGroups {
  /** By `keyOf` the name; a group that nobody holds or waits for is absent. */
  groups: Record<string, Group>;
  /** The groups that a member holds or waits for. */
  members: Record<string, string[]>;
}

interface Group {
  holder: string | null;
  /** In the order in which they asked. */
  waiting: string[];
}

export type GroupEffect =
  /** The member holds all its groups. */
  | { kind: 'granted'; member: string }
  /** The member must end. One that waited is out already; a holder keeps its groups until it leaves them. */
  | { kind: 'cancelled'; member: string; reason: string };

export interface GroupChange {
  groups: ConcurrencyGroups;
  effects: GroupEffect[];
}

export const noGroups: ConcurrencyGroups = { groups: {}, members: {} };

/** GitHub's limit of members that wait in a group with `queue: max`. */
const maxWaiting = 100;

/**
 * A member asks for its groups: it gets them all at once or waits in all of them, so that no two members wait for each
 * other. A newer member takes the place of those who wait, except under `queue: max`, where they wait in line.
 * Asking again changes nothing; who holds its groups is told so again.
 */
export function requestGroups(
  before: ConcurrencyGroups,
  member: string,
  requests: GroupRequest[],
): GroupChange {
  if (before.members[member]) {
    return { groups: before, effects: holdsAll(before, member) ? [{ kind: 'granted', member }] : [] };
  }
  const draft = copyOf(before);
  const effects: GroupEffect[] = [];
  const touched = new Set<string>();
  for (const { group, cancelInProgress, queue } of requests) {
    const { holder, waiting } = groupAt(draft, keyOf(group));
    if (queue === 'max' && waiting.length >= maxWaiting) {
      const reason = `${maxWaiting} members of the concurrency group '${group}' wait already`;
      return { groups: before, effects: [{ kind: 'cancelled', member, reason }] };
    }
    const reason = `a newer member of the concurrency group '${group}' takes its place`;
    for (const displaced of queue === 'max' ? [] : waiting) {
      for (const name of withdraw(draft, displaced)) touched.add(name);
      effects.push({ kind: 'cancelled', member: displaced, reason });
    }
    if (cancelInProgress && holder !== null) effects.push({ kind: 'cancelled', member: holder, reason });
  }
  const names = keysOf(requests);
  for (const name of names) {
    const { holder, waiting } = groupAt(draft, name);
    draft.groups[name] = { holder, waiting: [...waiting, member] };
    touched.add(name);
  }
  draft.members[member] = names;
  return { groups: draft, effects: [...effects, ...grantFirst(draft, touched)] };
}

/** A member gives back what it holds and stops waiting; who is next gets its turn. */
export function leaveGroups(before: ConcurrencyGroups, member: string): GroupChange {
  if (!before.members[member]) return { groups: before, effects: [] };
  const draft = copyOf(before);
  const touched = withdraw(draft, member);
  return { groups: draft, effects: grantFirst(draft, touched) };
}

/** What a member held before a restart is its own again. */
export function resumeGroups(
  before: ConcurrencyGroups,
  member: string,
  requests: GroupRequest[],
): ConcurrencyGroups {
  const draft = copyOf(before);
  const names = keysOf(requests);
  for (const name of names) draft.groups[name] = { ...groupAt(draft, name), holder: member };
  draft.members[member] = names;
  return draft;
}

/** Who holds a group that the member waits for; undefined if nobody does. */
export function holderBefore({ groups, members }: ConcurrencyGroups, member: string): string | undefined {
  const holders = members[member]?.map((name) => groups[name]?.holder ?? null);
  return holders?.find((holder) => holder !== null && holder !== member) ?? undefined;
}

function holdsAll({ groups, members }: ConcurrencyGroups, member: string): boolean {
  return members[member]?.every((name) => groups[name]?.holder === member) ?? false;
}

function keysOf(requests: GroupRequest[]): string[] {
  return [...new Set(requests.map(({ group }) => keyOf(group)))];
}

/** Names differ in more than case; the prefix keeps them apart from what every object has. */
function keyOf(group: string): string {
  return `:${group.toLowerCase()}`;
}

function copyOf({ groups, members }: ConcurrencyGroups): ConcurrencyGroups {
  return { groups: { ...groups }, members: { ...members } };
}

function groupAt({ groups }: ConcurrencyGroups, name: string): Group {
  return groups[name] ?? { holder: null, waiting: [] };
}

function withdraw(draft: ConcurrencyGroups, member: string): string[] {
  const names = draft.members[member] ?? [];
  delete draft.members[member];
  for (const name of names) {
    const { holder, waiting } = groupAt(draft, name);
    const left: Group = {
      holder: holder === member ? null : holder,
      waiting: waiting.filter((one) => one !== member),
    };
    if (left.holder === null && left.waiting.length === 0) delete draft.groups[name];
    else draft.groups[name] = left;
  }
  return names;
}

/** Grants to the first in line of each group that is first in line of all its free groups. */
function grantFirst(draft: ConcurrencyGroups, names: Iterable<string>): GroupEffect[] {
  const effects: GroupEffect[] = [];
  for (const name of names) {
    const [first] = groupAt(draft, name).waiting;
    const wanted = first === undefined ? [] : (draft.members[first] ?? []);
    const free = wanted.every((one) => {
      const { holder, waiting } = groupAt(draft, one);
      return holder === null && waiting[0] === first;
    });
    if (first === undefined || !free) continue;
    for (const one of wanted) {
      draft.groups[one] = { holder: first, waiting: groupAt(draft, one).waiting.slice(1) };
    }
    effects.push({ kind: 'granted', member: first });
  }
  return effects;
}
