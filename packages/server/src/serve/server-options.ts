import type { SignInLimitOptions } from '../access/sign-in-limits.ts';
import type { TargetHost } from '../delivery/open-targets.ts';
import type { OidcSettings } from '../identity/oidc-login.ts';
import type { Logger } from '../operation/logger.ts';
import type { SecretKey } from '../secrets/sealed-value.ts';
import type { StoreLocation } from '../store/open-store.ts';

export interface ServerOptions {
  /** Folder of everything that is not in the tables; several servers of one store share it. */
  data: string;
  /** Default: a file in `data`. */
  location?: StoreLocation;
  host: string;
  /** 0: any. */
  port: number;
  /** Where people and jobs reach the server; default: where it listens. */
  publicUrl?: string;
  /** Takes the place of the token that there is; default: one is made for a new store. */
  adminToken?: string;
  /** How often somebody may be wrong; what is left out is as usual. */
  signInLimits?: Partial<SignInLimitOptions>;
  /** Where people sign in besides by password; default: nowhere else. */
  oidc?: OidcSettings;
  /** Proxies in front that add to `X-Forwarded-For`; default 0: the header counts for nothing. */
  trustedProxies?: number;
  /** What secrets are sealed with, and what they may have been sealed with before; default: keys that Slipway keeps in `data`. */
  secretKeys?: SecretKey[];
  /** With less room on the disk no work is accepted. */
  minFreeBytes: number;
  freeBytes?: () => Promise<number>;
  /** How long a runner may be silent; default 60,000. */
  runnerLeaseMs?: number;
  /** Between two looks for what has outlived its retention; default 60,000. */
  tidyEveryMs?: number;
  /** Fetches a workflow of a repository that is not here, `owner/name/path@ref`. */
  readRemote: (uses: string) => Promise<string>;
  /** Default: nothing is deployed from here. */
  delivery?: {
    host?: TargetHost;
    /** How often targets are asked what runs; default 60,000. */
    driftEveryMs?: number;
    /** Hosts that notifications may be sent to although their addresses are not public; default none. */
    privateHosts?: readonly string[];
  };
  now: () => number;
  logger: Logger;
  version: string;
}
