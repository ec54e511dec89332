import type { NoticeTopic } from '@slipway/delivery';
import type { Notice } from '../delivery/notice.ts';

const marks: Record<NoticeTopic, string> = {
  started: '🚀',
  waiting: '✋',
  succeeded: '✅',
  failed: '❌',
  'rolled-back': '↩️',
  alarm: '🚨',
  drift: '⚠️',
};

const verbs: Record<NoticeTopic, string> = {
  started: 'Deployment started',
  waiting: 'Deployment waits for approval',
  succeeded: 'Deployment succeeded',
  failed: 'Deployment failed',
  'rolled-back': 'Deployment rolled back',
  alarm: 'A deployment needs a person',
  drift: 'Something else runs than was deployed',
};

/** One line: what, where. */
export function noticeTitle({ topic, environment, project }: Notice): string {
  return `${marks[topic]} ${verbs[topic]}: ${environment} of ${project}`;
}

/** What it is about, a line each. */
export function noticeLines({ release, by, text, deploymentId }: Notice): string[] {
  return [
    ...(release ? [`Release: ${release.tag} (${release.commit.slice(0, 12)})`] : []),
    ...(by === null ? [] : [`Deployed by: ${by}`]),
    ...(deploymentId === null ? [] : [`Deployment: ${deploymentId}`]),
    text,
  ];
}

/** For what many should see again although it belongs to a thread. */
export function isGrave({ topic }: Notice): boolean {
  return topic === 'failed' || topic === 'rolled-back' || topic === 'alarm' || topic === 'drift';
}
