import { type permissionNames as Names, permissionNames } from '@slipway/contracts/api/identity';
import { SlipwayError } from '@slipway/contracts/errors';
import { findSession } from '../identity/sessions.ts';
import type { Store } from '../store/open-store.ts';
import { findToken } from './api-tokens.ts';
import type { Credentials } from './credentials.ts';
import { findPerson } from './find-person.ts';
import type { Job, Person, Principal } from './principal.ts';
import { adminName, isAdminToken } from './tokens.ts';

export interface Authentication {
  store: Store;
  now: () => number;
  /** Who a GITHUB_TOKEN stands for. @throws SlipwayError `unauthorized` */
  readJob: (token: string) => Promise<Job>;
}

/**
 * Who it is, with what may be done; read anew each time, so that what is taken from somebody is gone at once.
 * @throws SlipwayError `unauthorized`
 */
export async function authenticate(by: Authentication, credentials: Credentials): Promise<Principal> {
  switch (credentials.kind) {
    case 'none':
      throw new SlipwayError('unauthorized');
    case 'session': {
      const session = await findSession({ store: by.store, now: by.now() }, credentials.secret);
      return required(session === null ? null : await findPerson(by.store, session.user));
    }
    case 'token':
      return required(await principalOf(by, credentials.token));
    default:
      return credentials satisfies never;
  }
}

async function principalOf(by: Authentication, token: string): Promise<Principal | null> {
  const { store } = by;
  // The tokens of jobs are signed, the others are not.
  if (token.split('.').length === 3) return by.readJob(token);
  if (await isAdminToken(store, token)) return findPerson(store, adminName);
  const found = await findToken({ store, now: by.now() }, token);
  if (found === null) return null;
  if (found.kind === 'runner') return { kind: 'runner', name: found.name };
  return limitedPerson(store, found.owner, found);
}

interface Limits {
  scopes: readonly (typeof Names)[number][] | null;
  /** `owner/name` in lower case. */
  project: string | null;
}

async function limitedPerson(
  store: Store,
  name: string,
  { scopes, project }: Limits,
): Promise<Person | null> {
  const person = await findPerson(store, name);
  if (person === null || project === null) return person && { ...person, scopes };
  const { isServerAdmin, roles } = person;
  const role = isServerAdmin ? 'admin' : roles[project];
  return {
    ...person,
    isServerAdmin: false,
    roles: role === undefined ? {} : { [project]: role },
    // Limited: what concerns more than projects is out of its reach.
    scopes: scopes ?? permissionNames,
  };
}

function required<Found extends Principal>(principal: Found | null): Found {
  if (principal === null) throw new SlipwayError('unauthorized');
  return principal;
}

/**
 * Whose push it is. The account that is there before there are users stands for several people, who say by the name that git sends which
 * of them they are; everybody else is who the token says.
 */
export function actingAs(principal: Principal, credentials: Credentials): Principal {
  const claimed = credentials.kind === 'token' ? credentials.claimedName : null;
  const isShared = principal.kind === 'person' && principal.name === adminName;
  if (!isShared || claimed === null || !/^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/.test(claimed)) return principal;
  return { ...principal, name: claimed };
}
