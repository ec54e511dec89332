import { SlipwayError } from '@slipway/contracts/errors';
import type { Context } from 'hono';
import { type Identification, identify } from '../access/identify.ts';
import { callerOf } from './identify-caller.ts';

const loopback = /^(?:127\.|::1$|::ffff:127\.)/;

/**
 * Figures name projects, so they are for who may see them all. A server that is there for its own machine alone (its address says so) tells
 * them to everybody on it; with a proxy in front all requests come from this machine, and that says nothing.
 * @throws SlipwayError `unauthorized`, `forbidden`
 */
export async function requireMetricsReader(c: Context, identification: Identification): Promise<void> {
  const caller = callerOf(c);
  const { hostname } = new URL(identification.publicUrl);
  const isOwnMachine = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (isOwnMachine && loopback.test(caller.address)) return;
  const { principal } = await identify(identification, caller);
  const mayReadAll =
    principal.kind === 'person' &&
    principal.isServerAdmin &&
    (principal.scopes === null || principal.scopes.includes('project.read'));
  if (!mayReadAll) throw new SlipwayError('forbidden');
}
