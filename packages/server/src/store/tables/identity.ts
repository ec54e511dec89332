import type { Generated } from 'kysely';

/** People. One who left stays, disabled: what the audit log says by a name is never said of two. */
export interface UserAccountTable {
  /** Lower case. */
  name: string;
  /** As passwords.ts writes it; null: signs in by OIDC only, or has yet to choose one. */
  password: string | null;
  is_server_admin: number;
  /** `<issuer>#<subject>` of who signs in by OIDC. */
  oidc_subject: string | null;
  disabled_at: number | null;
  created_at: number;
}

/** Who may do what in a project. */
export interface ProjectMemberTable {
  /** `owner/name` in lower case. */
  project: string;
  user_name: string;
  role: string;
  /** `oidc`: given by claims, and taken again when they say otherwise at a sign-in. */
  source: 'given' | 'oidc';
}

/** Tokens of people and of runners; the admin token is in `token`. */
export interface ApiTokenTable {
  id: Generated<number>;
  kind: 'person' | 'runner';
  /** What it is for; of a runner's token what the names of its runners begin with. */
  name: string;
  /** sha256 of the token, hex. */
  hash: string;
  /** Whose it is, or who made it for a runner. */
  owner: string;
  /** JSON array of permissions; null: whatever the owner may. */
  scopes: string | null;
  /** `owner/name` in lower case, if it is good for one project only. */
  project: string | null;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
}

/** Browsers that have signed in. */
export interface SessionTable {
  /** sha256 of what the cookie holds, hex. */
  hash: string;
  user_name: string;
  created_at: number;
  expires_at: number;
}

/** Links that are good once: to become the first admin, or to choose a password. */
export interface OneTimeLinkTable {
  /** sha256 of what the link holds, hex. */
  hash: string;
  purpose: 'first-admin' | 'choose-password';
  /** Whose password; null: of somebody who is not there yet. */
  user_name: string | null;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface IdentityTables {
  user_account: UserAccountTable;
  project_member: ProjectMemberTable;
  api_token: ApiTokenTable;
  session: SessionTable;
  one_time_link: OneTimeLinkTable;
}
