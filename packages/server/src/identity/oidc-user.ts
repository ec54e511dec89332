import { userNameSchema } from '@slipway/contracts/api/identity';
import { SlipwayError } from '@slipway/contracts/errors';
import { isAtLeast, type Role } from '../access/permission.ts';
import type { Store } from '../store/open-store.ts';
import type { OidcClaims, OidcSettings } from './oidc-login.ts';
import { createUser, findAccount, setServerAdmin } from './users.ts';

/** What claims give somebody here. Pure. */
export interface GrantedByClaims {
  /** Null: claims don't say. */
  isServerAdmin: boolean | null;
  /** By project, in lower case; of several roles the one that may most. */
  roles: Record<string, Role>;
}

export function grantedBy({ grants = [] }: OidcSettings, claims: OidcClaims): GrantedByClaims {
  const isTold = grants.some(({ to }) => to.kind === 'server-admin');
  const granted: GrantedByClaims = { isServerAdmin: isTold ? false : null, roles: {} };
  for (const { claim, value, to } of grants) {
    const said = claims[claim];
    if (said !== value && !(Array.isArray(said) && said.includes(value))) continue;
    if (to.kind === 'server-admin') {
      granted.isServerAdmin = true;
      continue;
    }
    const project = to.project.toLowerCase();
    const known = granted.roles[project];
    if (known === undefined || isAtLeast(to.role, known)) granted.roles[project] = to.role;
  }
  return granted;
}

/**
 * The user of these claims, made at the first sign-in; what claims gave at the last one and do not give now is gone. A name that somebody
 * has here already is never taken over.
 * @throws SlipwayError `sign-in-refused`
 */
export async function takeOidcUser(
  { store, now }: { store: Store; now: number },
  settings: OidcSettings,
  claims: OidcClaims,
): Promise<string> {
  const subject = `${claims.iss}#${claims.sub}`;
  const granted = grantedBy(settings, claims);
  return store.transaction().execute(async (transaction) => {
    const known = await transaction
      .selectFrom('user_account')
      .select('name')
      .where('oidc_subject', '=', subject)
      .executeTakeFirst();
    const name = known?.name ?? (await newUser({ store: transaction, now }, { settings, claims, subject }));
    if (granted.isServerAdmin !== null) await setServerAdmin(transaction, name, granted.isServerAdmin);
    await replaceRoles(transaction, name, granted.roles);
    return name;
  });
}

async function newUser(
  clock: { store: Store; now: number },
  { settings, claims, subject }: { settings: OidcSettings; claims: OidcClaims; subject: string },
): Promise<string> {
  const claim = settings.userClaim ?? 'preferred_username';
  // Of an address the part before the @, with what no name may have as dashes.
  const wanted = String(claims[claim] ?? '')
    .replace(/@.*$/s, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 39);
  const name = userNameSchema.safeParse(wanted);
  if (!name.success) {
    throw new SlipwayError('sign-in-refused', {
      message: `The claim ${claim} gives no name that can be had here.`,
    });
  }
  if ((await findAccount(clock.store, name.data)) !== null) {
    throw new SlipwayError('sign-in-refused', {
      message: `Somebody is called ${name.data} here already: an admin of the server has to see to it.`,
    });
  }
  const user = await createUser(clock, { name: name.data, isServerAdmin: false, oidcSubject: subject });
  return user.name;
}

/** Roles that were given here by people stay as they are. */
async function replaceRoles(store: Store, user: string, roles: Record<string, Role>): Promise<void> {
  await store
    .deleteFrom('project_member')
    .where(({ and }) => and({ user_name: user, source: 'oidc' }))
    .execute();
  for (const [project, role] of Object.entries(roles)) {
    await store
      .insertInto('project_member')
      .values({ project, user_name: user, role, source: 'oidc' })
      .onConflict((conflict) => conflict.columns(['user_name', 'project']).doNothing())
      .execute();
  }
}
