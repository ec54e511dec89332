import type { ServerOptions } from '@slipway/server/serve';
import type { ServeConfig } from './config-schema.ts';

/** Where people sign in, as the server takes it; nothing if no issuer is set. */
export function oidcOf(config: ServeConfig): Pick<ServerOptions, 'oidc'> {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret } = config;
  const { oidcUserClaim: userClaim, oidcScope: scope, oidcGrants = [] } = config;
  if (issuer === undefined || clientId === undefined) return {};
  const grants = oidcGrants.map(({ claim, value, ...to }) => ({
    claim,
    value,
    to:
      'serverAdmin' in to
        ? ({ kind: 'server-admin' } as const)
        : ({ kind: 'role', project: to.project, role: to.role } as const),
  }));
  return {
    oidc: {
      issuer,
      clientId,
      ...(clientSecret !== undefined && { clientSecret }),
      ...(userClaim !== undefined && { userClaim }),
      ...(scope !== undefined && { scope }),
      grants,
    },
  };
}
