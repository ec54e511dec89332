import { roleNames } from '@slipway/contracts/api/identity';
import { projectNameSchema } from '@slipway/contracts/api/projects';
import { z } from 'zod';

/** What `slipway serve` can be told, in a file, by the environment or by flags; of each setting the last of these counts. */
export const serveConfigSchema = z
  .strictObject({
    /** Folder of everything that is kept. */
    data: z.string().min(1),
    listen: z
      .string()
      .regex(/^(?:.+:)?\d{1,5}$/, 'HOST:PORT or PORT, e.g. 127.0.0.1:8080')
      .default('127.0.0.1:8080'),
    /** Where people, GitHub and runners reach the server. */
    url: z.url({ protocol: /^https?$/ }).optional(),
    /** PostgreSQL for several servers. */
    database: z
      .string()
      .regex(/^postgres(?:ql)?:\/\//, 'a URL that begins with postgres://')
      .optional(),
    /** In-process runners. */
    runners: z.coerce.number().int().min(0).max(1000).optional(),
    /** Of the in-process runners. */
    labels: z.array(z.string().min(1).max(200)).max(100).optional(),
    adminToken: z.string().min(20, 'at least 20 characters').optional(),
    /** Keys that secrets are sealed with: the first, and older ones. */
    secretKey: z.string().min(1).optional(),
    secretKeyFile: z.string().min(1).optional(),
    /** Proxies in front that each add the address of who asked them to `X-Forwarded-For`. */
    trustedProxies: z.coerce.number().int().min(0).max(10).default(0),
    /** An OpenID provider where people sign in. */
    oidcIssuer: z.url({ protocol: /^https?$/ }).optional(),
    oidcClientId: z.string().min(1).optional(),
    oidcClientSecret: z.string().min(1).optional(),
    /** Gives a new user's name. */
    oidcUserClaim: z.string().min(1).optional(),
    oidcScope: z.string().min(1).optional(),
    /** What claims are worth here. */
    oidcGrants: z
      .array(
        z.union([
          z.strictObject({ claim: z.string(), value: z.string(), serverAdmin: z.literal(true) }),
          z.strictObject({
            claim: z.string(),
            value: z.string(),
            project: projectNameSchema,
            role: z.enum(roleNames),
          }),
        ]),
      )
      .optional(),
    /** Hosts that notifications may be sent to although their addresses are not public. */
    privateHosts: z.array(z.string().min(1).max(253)).max(100).optional(),
    minFreeMib: z.coerce.number().int().min(0).default(256),
    /** How long jobs under way are waited for when the server is told to end. */
    drainSeconds: z.coerce.number().int().min(0).default(3600),
    /** How long a runner may be silent before its job counts as lost. */
    runnerLeaseSeconds: z.coerce.number().int().min(3).max(3600).default(60),
    logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  })
  .refine(({ oidcIssuer, oidcClientId }) => (oidcIssuer === undefined) === (oidcClientId === undefined), {
    path: ['oidcClientId'],
    message: 'oidcIssuer and oidcClientId go together',
  });

export type ServeConfig = z.output<typeof serveConfigSchema>;
export type ServeSetting = keyof ServeConfig;

/** The same settings by the environment. */
export const settingVariables: Record<ServeSetting, string> = {
  data: 'SLIPWAY_DATA',
  listen: 'SLIPWAY_LISTEN',
  url: 'SLIPWAY_URL',
  database: 'DATABASE_URL',
  runners: 'SLIPWAY_RUNNERS',
  labels: 'SLIPWAY_LABELS',
  adminToken: 'SLIPWAY_ADMIN_TOKEN',
  secretKey: 'SLIPWAY_SECRET_KEY',
  secretKeyFile: 'SLIPWAY_SECRET_KEY_FILE',
  trustedProxies: 'SLIPWAY_TRUSTED_PROXIES',
  oidcIssuer: 'SLIPWAY_OIDC_ISSUER',
  oidcClientId: 'SLIPWAY_OIDC_CLIENT_ID',
  oidcClientSecret: 'SLIPWAY_OIDC_CLIENT_SECRET',
  oidcUserClaim: 'SLIPWAY_OIDC_USER_CLAIM',
  oidcScope: 'SLIPWAY_OIDC_SCOPE',
  oidcGrants: 'SLIPWAY_OIDC_GRANTS',
  privateHosts: 'SLIPWAY_PRIVATE_HOSTS',
  minFreeMib: 'SLIPWAY_MIN_FREE_MIB',
  drainSeconds: 'SLIPWAY_DRAIN_SECONDS',
  runnerLeaseSeconds: 'SLIPWAY_RUNNER_LEASE_SECONDS',
  logLevel: 'SLIPWAY_LOG_LEVEL',
};
