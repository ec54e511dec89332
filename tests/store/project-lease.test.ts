import { beforeEach, expect, test } from 'vitest';
import { queuedRequest } from '../../bench/queued-request.ts';
import { openJournal } from '../../packages/server/src/controller/journal.ts';
import type { emptyBatch } from '../../packages/server/src/controller/journal-batch.ts';
import {
  giveUpLease,
  LeaseLostError,
  projectsToDrive,
  renewProjectLease,
  takeLease,
} from '../../packages/server/src/controller/project-lease.ts';
import { createProject } from '../../packages/server/src/controller/projects.ts';
import { withEachStore } from './each-store.ts';

const project = 'octo/app';
const leaseMs = 1_000;

withEachStore('the lease of a project', (under) => {
  let now = 1_000_000;

  under.prepare((store) => createProject({ store, now }, { name: project }));
  beforeEach(async () => {
    now += 1_000_000;
    await under.store.deleteFrom('event_plan').execute();
    await under.store.deleteFrom('job').execute();
  });

  const take = (owner: string) => takeLease({ store: under.store, now }, { project, owner, leaseMs });
  const renew = (lease: NonNullable<Awaited<ReturnType<typeof take>>>) =>
    renewProjectLease({ store: under.store, now }, lease, leaseMs);

  test('of servers that want it at once, one gets it', async () => {
    const others = await Promise.all([under.open(), under.open()]);
    const taken = await Promise.all(
      [under.store, ...others].map((one, index) =>
        takeLease({ store: one, now }, { project, owner: `server-${index}`, leaseMs }),
      ),
    );
    expect(taken.filter((lease) => lease !== null)).toHaveLength(1);
  });

  test('it is free when it is given up, or has run out; not before', async () => {
    await under.store
      .insertInto('event_plan')
      .values({ project, event_id: 1, plan: '{"runs":[]}', state: 'active' })
      .execute();
    const first = await take('a');
    if (first === null) throw new Error('nobody has it');
    now += leaseMs - 1;
    await renew(first);
    now += leaseMs - 1;
    expect(await take('b')).toBeNull();
    expect(await projectsToDrive({ store: under.store, now })).toEqual([]);
    now += 2;
    expect(await projectsToDrive({ store: under.store, now })).toEqual([project]);
    const second = await take('b');
    if (second === null) throw new Error('nobody has it');
    await expect(renew(first)).rejects.toThrow(LeaseLostError);
    await giveUpLease(under.store, first);
    await renew(second);
    await giveUpLease(under.store, second);
    expect(await take('c')).not.toBeNull();
  });

  test('a project without anything to drive waits for nobody', async () => {
    expect(await projectsToDrive({ store: under.store, now })).toEqual([]);
  });

  test('a driver that was thought dead and comes back writes nothing', async () => {
    const first = await take('asleep');
    now += leaseMs + 1;
    const second = await take('successor');
    if (first === null || second === null) throw new Error('nobody has it');
    const { promise: lost, resolve: onLeaseLost } = Promise.withResolvers<void>();
    const written: ReturnType<typeof emptyBatch>[] = [];
    const journalOf = (lease: typeof first) =>
      openJournal({
        store: under.store,
        lease,
        leaseMs,
        now: () => now,
        onWritten: (batch) => written.push(batch),
        onLeaseLost,
        onTrouble: () => {},
      });
    const late = journalOf(first);
    const request = queuedRequest('late', 'linux');
    const place = { jobId: undefined };
    late.enqueue({ project, attempt: 1, priority: 0, request }, place);
    await lost;
    expect(place.jobId).toBeUndefined();
    expect(await under.store.selectFrom('job').select('id').execute()).toEqual([]);
    const current = journalOf(second);
    current.enqueue({ project, attempt: 1, priority: 0, request }, place);
    await current.flushed();
    expect(written).toHaveLength(1);
    const jobs = await under.store.selectFrom('job').select('id').execute();
    expect(jobs).toEqual([{ id: place.jobId }]);
  });

  test('a job that is enqueued and cancelled in one turn never waits for a runner', async () => {
    const lease = await take('server');
    if (lease === null) throw new Error('nobody has it');
    const journal = openJournal({
      store: under.store,
      lease,
      leaseMs,
      now: () => now,
      onWritten: () => {},
      onLeaseLost: () => {},
      onTrouble: () => {},
    });
    const place = { jobId: undefined };
    journal.enqueue({ project, attempt: 1, priority: 0, request: queuedRequest('brief', 'linux') }, place);
    journal.stop({ place: place, how: 'cancel', reason: null });
    await journal.flushed();
    const [job] = await under.store.selectFrom('job').select(['state', 'result']).execute();
    expect(job?.state).toBe('finished');
    expect(JSON.parse(job?.result ?? '')).toMatchObject({ conclusion: 'cancelled' });
  });
});
