import { describe, expect, it } from 'vitest';
import { assessCron, assessTimezone } from './cron.ts';
import { nextFireTime } from './next-fire-time.ts';

describe('a schedule', () => {
  it.each([
    ['30 5,17 * * *', '2026-01-01T06:00:00Z', '2026-01-01T17:30:00Z'],
    ['*/15 * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:15:00Z'],
    ['0 9 * * MON-FRI', '2026-01-02T10:00:00Z', '2026-01-05T09:00:00Z'],
    ['0 0 1 jan,JUL *', '2026-01-01T00:00:00Z', '2026-07-01T00:00:00Z'],
    ['7/10 * * * *', '2026-01-01T00:08:00Z', '2026-01-01T00:17:00Z'],
    ['10-30/10 8 * * *', '2026-01-01T08:30:00Z', '2026-01-02T08:10:00Z'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    // Either kind of day counts where both are restricted.
    ['0 0 13 * 5', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    ['0 0 13 * 5', '2026-01-12T00:00:00Z', '2026-01-13T00:00:00Z'],
  ])('%s fires after %s at %s', (cron, after, expected) => {
    expect(nextFireTime(cron, undefined, new Date(after))?.toISOString()).toBe(
      new Date(expected).toISOString(),
    );
  });

  it('never fires on a day that never comes', () => {
    expect(nextFireTime('0 0 30 2 *', undefined, new Date(0))).toBeNull();
  });

  it.each([
    // 2:00 becomes 3:00 on 8 March: what is due in between comes at 3:00.
    ['30 2 * * *', '2026-03-08T05:00:00Z', '2026-03-08T07:00:00Z'],
    ['30 2 * * *', '2026-03-08T07:00:00Z', '2026-03-09T06:30:00Z'],
    ['0 * * * *', '2026-03-08T06:00:00Z', '2026-03-08T07:00:00Z'],
    // 2:00 becomes 1:00 again on 1 November: what comes once a day comes once.
    ['30 1 * * *', '2026-11-01T04:00:00Z', '2026-11-01T05:30:00Z'],
    ['30 1 * * *', '2026-11-01T05:30:00Z', '2026-11-02T06:30:00Z'],
    ['*/30 * * * *', '2026-11-01T05:30:00Z', '2026-11-01T06:00:00Z'],
    ['0 9 * * *', '2026-07-01T00:00:00Z', '2026-07-01T13:00:00Z'],
    ['0 9 * * *', '2026-12-01T00:00:00Z', '2026-12-01T14:00:00Z'],
  ])('%s in New York fires after %s at %s', (cron, after, expected) => {
    const next = nextFireTime(cron, 'America/New_York', new Date(after));
    expect(next?.toISOString()).toBe(new Date(expected).toISOString());
  });

  it.each([
    ['* * *', 'needs 5 fields (minute, hour, day of the month, month, day of the week)'],
    ['* * * * * *', 'needs 5 fields'],
    ['@daily', 'needs 5 fields'],
    ['60 * * * *', "'60' in '60 * * * *' is no minute: 0 to 59"],
    ['* 24 * * *', "'24' in '* 24 * * *' is no hour: 0 to 23"],
    ['* * 0 * *', 'is no day of the month: 1 to 31'],
    ['* * * foo *', "'foo' in '* * * foo *' is no month: 1 to 12 or jan to dec"],
    ['* * * * 7', 'is no day of the week: 0 to 6 or sun to sat'],
    ['5-1 * * * *', "'5-1'"],
    ['*/0 * * * *', "'*/0'"],
    ['*/60 * * * *', "'*/60'"],
    ['1,,2 * * * *', "''"],
    ['*-5 * * * *', "'*-5'"],
    ['0 0 L * *', "'L'"],
    ['0 0 ? * *', "'?'"],
    ['0 0 * * mon#2', "'mon#2'"],
    ['-1 * * * *', "'-1'"],
    ['1.5 * * * *', "'1.5'"],
  ])('%s is refused', (cron, problem) => {
    expect(assessCron(cron)).toContain(problem);
    expect(() => nextFireTime(cron, undefined, new Date(0))).toThrow(RangeError);
  });

  it.each(['* * * * *', '0 0 1 1 0', '  5   4 * * * ', '1-5/2,7 */2 1-15 JAN-mar sun,Tue'])(
    '%s is accepted',
    (cron) => {
      expect(assessCron(cron)).toBeUndefined();
      expect(nextFireTime(cron, undefined, new Date(0))).toBeInstanceOf(Date);
    },
  );
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Asia/Makassar'])(
    '%s is known',
    (zone) => {
      expect(assessTimezone(zone)).toBeUndefined();
    },
  );

  it.each(['Mars/Olympus', '', '+02:00', 'Europe/Berln'])("'%s' is refused", (zone) => {
    expect(assessTimezone(zone)).toBeDefined();
    expect(() => nextFireTime('* * * * *', zone, new Date(0))).toThrow(RangeError);
  });
});
