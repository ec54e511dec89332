import type { Rule } from '../rule.ts';

export const scheduleWithoutCron: Rule = {
  code: 'schedule-without-cron',
  severity: 'error',
  why: 'GitHub refuses a schedule that says no time.',
  mend: "Write `schedule: [{ cron: '30 4 * * 1-5' }]`.",
  *check({ workflow }) {
    const { schedule } = workflow.on;
    if (schedule && (schedule.schedules ?? []).length === 0) {
      yield { at: schedule.at, message: 'The schedule has no cron expression.' };
    }
  },
};
