import type { PermissionLevel, Permissions } from '../model/workflow.ts';
import { everyScope } from '../reader/convert/permissions.ts';

const rank: Record<PermissionLevel, number> = { none: 0, read: 1, write: 2 };

/** What a token may do when neither workflow nor job says: GitHub's restricted default. */
export const restrictedPermissions: Permissions = { contents: 'read', metadata: 'read', packages: 'read' };

/** The same in a repository that is more generous: everything but an identity for clouds. */
export const permissivePermissions: Permissions = {
  ...everyScope('write'),
  metadata: 'read',
  'id-token': 'none',
};

/** A called workflow gets no more than its caller has, whatever it asks for. */
export function clampPermissions(requested: Permissions, allowed: Permissions): Permissions {
  return Object.fromEntries(
    Object.entries(requested).map(([scope, level]) => [scope, lower(level, allowed[scope] ?? 'none')]),
  );
}

function lower(left: PermissionLevel, right: PermissionLevel): PermissionLevel {
  return rank[left] <= rank[right] ? left : right;
}
