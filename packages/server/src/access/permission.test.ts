import { permissionNames, roleNames } from '@slipway/contracts/api/identity';
import { errorTable } from '@slipway/contracts/errors';
import { describe, expect, test } from 'vitest';
import { mayDo, type Permission, permissionTable, type Role, requireServerAdmin } from './permission.ts';
import type { Job, Person } from './principal.ts';

const person = (change: Partial<Person> = {}): Person => ({
  kind: 'person',
  name: 'ada',
  isServerAdmin: false,
  roles: {},
  scopes: null,
  ...change,
});
const job = (permissions: Job['permissions']): Job => ({
  kind: 'job',
  jobId: 1,
  runId: 1,
  project: 'octo/app',
  actor: 'ada',
  permissions,
});
const allowed = (who: Person | Job, project = 'octo/app') =>
  permissionNames.filter((name) => mayDo(who, name, project));

describe('a person', () => {
  test('may what the role lets, each what those before it may and more', () => {
    const byRole = roleNames.map((role) => allowed(person({ roles: { 'octo/app': role } })));
    for (const [rank, names] of byRole.entries()) {
      const wanted = permissionNames.filter(
        (name) => roleNames.indexOf(permissionTable[name].role as Role) <= rank,
      );
      expect(names).toEqual(wanted);
    }
    expect(byRole.at(-1)).toEqual([...permissionNames]);
  });

  test('has a role in its project only, however its name is written', () => {
    const ada = person({ roles: { 'octo/app': 'admin' } });
    expect(mayDo(ada, 'project.admin', 'Octo/App')).toBe(true);
    expect(allowed(ada, 'octo/other')).toEqual([]);
    expect(allowed(person(), 'octo/app')).toEqual([]);
  });

  test('may no more than the token is limited to, as an admin of the server too', () => {
    const scopes: Permission[] = ['project.read', 'project.admin'];
    expect(allowed(person({ isServerAdmin: true, scopes }))).toEqual(scopes);
    expect(allowed(person({ roles: { 'octo/app': 'reader' }, scopes }))).toEqual(['project.read']);
    expect(() => requireServerAdmin(person({ isServerAdmin: true, scopes }))).toThrow(
      errorTable.forbidden.message,
    );
    expect(() => requireServerAdmin(person({ isServerAdmin: true }))).not.toThrow();
  });
});

describe('a job', () => {
  test('may what its token says in its own project, and never decide or administer', () => {
    expect(allowed(job({ contents: 'read' }))).toEqual(['code.read']);
    expect(allowed(job({ contents: 'write' }))).toEqual(['code.read', 'code.write', 'release.write']);
    expect(allowed(job({ contents: 'write' }), 'octo/other')).toEqual([]);
    const names = new Set(Object.values(permissionTable).map(({ job: needed }) => needed?.split(':')[0]));
    const everything = Object.fromEntries([...names].map((name) => [name ?? '', 'write'] as const));
    const most = allowed(job(everything));
    expect(most).not.toContain('approval.decide');
    expect(most).not.toContain('project.admin');
    expect(() => requireServerAdmin(job(everything))).toThrow(errorTable.forbidden.message);
  });
});

test('a runner may nothing of that', () => {
  for (const name of permissionNames)
    expect(mayDo({ kind: 'runner', name: 'box' }, name, 'octo/app')).toBe(false);
});
