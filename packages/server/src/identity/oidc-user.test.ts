import { expect, test } from 'vitest';
import type { OidcSettings } from './oidc-login.ts';
import { grantedBy } from './oidc-user.ts';

const settings: OidcSettings = {
  issuer: 'https://id.example.com',
  clientId: 'slipway',
  grants: [
    { claim: 'groups', value: 'app', to: { kind: 'role', project: 'Octo/App', role: 'developer' } },
    { claim: 'groups', value: 'owners', to: { kind: 'role', project: 'octo/app', role: 'admin' } },
    { claim: 'groups', value: 'all', to: { kind: 'role', project: 'octo/app', role: 'reader' } },
    { claim: 'team', value: 'ops', to: { kind: 'server-admin' } },
  ],
};
const claims = { iss: 'https://id.example.com', sub: '1' };

test.each([
  [{}, { isServerAdmin: false, roles: {} }],
  [{ groups: 'app' }, { isServerAdmin: false, roles: { 'octo/app': 'developer' } }],
  // Of several, the one that may most, in whatever order.
  [{ groups: ['all', 'owners', 'app'] }, { isServerAdmin: false, roles: { 'octo/app': 'admin' } }],
  [{ groups: ['apple', 'App'] }, { isServerAdmin: false, roles: {} }],
  [{ team: 'ops' }, { isServerAdmin: true, roles: {} }],
  [{ team: { ops: true } }, { isServerAdmin: false, roles: {} }],
])('%j gives %j', (more, granted) => {
  expect(grantedBy(settings, { ...claims, ...more })).toEqual(granted);
});

test('who is an admin of the server is not for claims to say where no grant speaks of it', () => {
  expect(grantedBy({ ...settings, grants: [] }, claims)).toEqual({ isServerAdmin: null, roles: {} });
});
