import type { Template } from '../../model/template.ts';
import type { CacheMode, PermissionLevel, Permissions } from '../../model/workflow.ts';
import { namedEntries, textOf } from './access.ts';

/** The scopes of a job token, with the highest level that each has. */
export const permissionScopes: Readonly<Record<string, Exclude<PermissionLevel, 'none'>>> = {
  actions: 'write',
  'artifact-metadata': 'write',
  attestations: 'write',
  checks: 'write',
  contents: 'write',
  deployments: 'write',
  discussions: 'write',
  'id-token': 'write',
  issues: 'write',
  models: 'read',
  packages: 'write',
  pages: 'write',
  'pull-requests': 'write',
  'repository-projects': 'write',
  'security-events': 'write',
  statuses: 'write',
};

/**
 * `permissions:`, its short forms written out. What is not named has no access.
 * @see actions/runner, WorkflowTemplateConverter.cs, ConvertToPermissions
 */
export function convertPermissions(value: Template | undefined): Permissions | undefined {
  const short = textOf(value);
  if (short === 'read-all') return everyScope('read');
  if (short === 'write-all') return everyScope('write');
  if (value?.kind !== 'mapping') return undefined;
  const permissions: Permissions = {};
  for (const { name, value: level } of namedEntries(value)) {
    const text = textOf(level);
    if (text === 'none' || text === 'read' || text === 'write') permissions[name] = text;
  }
  return permissions;
}

export function convertCacheMode(value: Template | undefined): CacheMode | undefined {
  const text = textOf(value);
  return text === 'none' || text === 'read' || text === 'write' || text === 'write-only' ? text : undefined;
}

export function everyScope(level: Exclude<PermissionLevel, 'none'>): Permissions {
  return Object.fromEntries(
    Object.entries(permissionScopes).map(([scope, highest]) => [scope, highest === 'read' ? 'read' : level]),
  );
}
