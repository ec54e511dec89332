import type { Workflow } from '@slipway/workflow';
import { describe, expect, it } from 'vitest';
import { planFiring, planScheduleChanges } from './plan-schedules.ts';

const at = { line: 1, column: 1 };
const now = Date.parse('2026-03-02T00:30:00Z');

function scheduled(path: string, ...crons: string[]): Workflow {
  return { path, on: { schedule: { at, schedules: crons.map((cron) => ({ cron, at })) } }, jobs: [] };
}

describe('schedules', () => {
  it('become what the files say; those that stay keep their time', () => {
    const known = [
      { id: 1, workflowPath: 'a.yml', cron: '0 * * * *', timezone: 'UTC', nextAt: now - 5 },
      { id: 2, workflowPath: 'a.yml', cron: '0 1 * * *', timezone: 'UTC', nextAt: now + 5 },
    ];
    const workflows = [scheduled('a.yml', '0 * * * *', '15 3 * * *'), scheduled('never.yml', '0 0 30 2 *')];
    expect(planScheduleChanges(workflows, known, now)).toEqual({
      added: [
        {
          workflowPath: 'a.yml',
          cron: '15 3 * * *',
          timezone: 'UTC',
          nextAt: Date.parse('2026-03-02T03:15:00Z'),
        },
      ],
      removed: [2],
    });
  });

  it.each([
    ['in time', 0, 'skip', true],
    ['a little late', 9 * 60_000, 'skip', true],
    ['missed', 11 * 60_000, 'skip', false],
    ['missed for days', 3 * 24 * 60 * 60_000, 'run-once', true],
  ] as const)('that are %s (%i ms, %s) fire: %s', (_, late, missed, fires) => {
    const schedule = { id: 1, workflowPath: 'a.yml', cron: '0 * * * *', timezone: 'UTC', nextAt: now - late };
    expect(planFiring(schedule, { missed, now })).toEqual({
      fires,
      nextAt: Date.parse('2026-03-02T01:00:00Z'),
    });
  });
});
