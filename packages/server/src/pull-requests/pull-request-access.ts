import { SlipwayError } from '@slipway/contracts/errors';
import { mayDo, nameOf } from '../access/permission.ts';
import type { Principal } from '../access/principal.ts';
import type { Pusher } from '../events/received-pushes.ts';
import type { PullRequest } from './pull-request.ts';

/**
 * Opening and reviewing are for everybody who may read the project, as on GitHub; a job, or a token that is limited, needs to be given it.
 * @throws SlipwayError `forbidden`
 */
export function requireParticipant(principal: Principal, project: string): void {
  const isReader =
    principal.kind === 'person' &&
    principal.scopes === null &&
    mayDo(principal, 'pull-request.read', project);
  if (!isReader && !mayDo(principal, 'pull-request.write', project)) throw new SlipwayError('forbidden');
}

/**
 * Changing, closing and reopening are for its author too.
 * @throws SlipwayError `forbidden`
 */
export function requireEditor(principal: Principal, { project, author }: PullRequest): void {
  requireParticipant(principal, project);
  if (isAuthor(principal, author) || mayDo(principal, 'pull-request.write', project)) return;
  throw new SlipwayError('forbidden');
}

/** As whom somebody moves refs. */
export function pusherOf(principal: Principal): Pusher {
  return { actor: nameOf(principal), isJob: principal.kind === 'job' };
}

export function isAuthor(principal: Principal, author: string): boolean {
  return principal.kind === 'person' && nameOf(principal).toLowerCase() === author.toLowerCase();
}

/** Whether somebody is one of those who write to the repository, whatever the token at hand is limited to. */
export function mayWrite(principal: Principal, project: string): boolean {
  const whole = principal.kind === 'person' ? { ...principal, scopes: null } : principal;
  return mayDo(whole, 'code.write', project);
}

/** Whether somebody may do without rules that are not for administrators. Never a job. */
export function isAdministrator(principal: Principal, project: string): boolean {
  return mayDo(principal, 'project.admin', project);
}
