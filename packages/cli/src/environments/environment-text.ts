import type { EnvironmentAnswer } from '@slipway/contracts/api/environments';
import { durationText } from '@slipway/contracts/duration-text';
import { textTable } from '../view/text-table.ts';

/** One environment with its rules, for people. */
export function environmentText({ name, protection, windows, definedIn }: EnvironmentAnswer): string {
  const { reviewers, preventSelfReview, waitMs, branches, tags, approvalLifeMs } = protection;
  const refs = [...branches.map((one) => `branch ${one}`), ...tags.map((one) => `tag ${one}`)];
  const rows = [
    ['environment', name],
    ['defined in', definedIn.map((place) => (place === 'file' ? 'slipway.yml' : 'settings')).join(' and ')],
    ['reviewers', reviewers.length === 0 ? 'none' : reviewers.join(', ')],
    ...(reviewers.length === 0
      ? []
      : [
          ['self-review', preventSelfReview ? 'prevented' : 'allowed'],
          ['an approval holds', durationText(approvalLifeMs)],
        ]),
    ...(waitMs === 0 ? [] : [['wait timer', durationText(waitMs)]]),
    ['takes', refs.length === 0 ? 'every branch and tag' : refs.join(', ')],
    ...windows.map((window) => ['closed', windowText(window)]),
  ];
  return textTable(rows);
}

/** One line of a list. */
export function environmentRow({ name, protection, definedIn }: EnvironmentAnswer): string[] {
  const { reviewers, waitMs } = protection;
  const rules = [
    reviewers.length === 0 ? 'no reviewers' : `approval by ${reviewers.join(' or ')}`,
    ...(waitMs === 0 ? [] : [`waits ${durationText(waitMs)}`]),
  ];
  return [name, definedIn.includes('file') ? 'slipway.yml' : 'settings', rules.join(', ')];
}

function windowText(window: EnvironmentAnswer['windows'][number]): string {
  if (window.kind === 'freeze') {
    return `${momentText(window.fromMs)} to ${momentText(window.untilMs)}: ${window.reason}`;
  }
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const days = window.weekdays.map((day) => names[day]).join(', ');
  return `${days} ${clock(window.fromMinute)}-${clock(window.untilMinute)} ${window.timeZone}`;
}

function momentText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
