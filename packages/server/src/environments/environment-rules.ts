import type { EnvironmentSettings } from '@slipway/contracts/api/environments';
import type { ClosedWindow, Environment, FreezePolicy, Protection } from '@slipway/delivery';

/** What has to hold before something enters an environment. */
export interface EnvironmentRules {
  /** As it is written where it is defined; names are compared without case. */
  name: string;
  protection: Protection;
  windows: ClosedWindow[];
  onFreeze: FreezePolicy;
  /** Where it is defined: in `slipway.yml`, by the API, or in both. */
  definedIn: ('file' | 'settings')[];
}

const openToAll: Protection = {
  reviewers: [],
  preventSelfReview: true,
  waitMs: 0,
  branches: [],
  tags: [],
  approvalLifeMs: 24 * 60 * 60_000,
};

/**
 * What the file says of an environment, and over it what was set: each setting takes the place of the file's, but windows, which come to
 * those of the file. At least one of the two is there.
 */
export function mergeRules(
  written: Environment | undefined,
  stored: { name: string; settings: EnvironmentSettings } | undefined,
): EnvironmentRules {
  const { windows = [], onFreeze, ...settings } = stored?.settings ?? {};
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return {
    name: written?.name ?? stored?.name ?? '',
    protection: { ...(written?.protection ?? openToAll), ...given },
    windows: [...(written?.windows ?? []), ...windows],
    onFreeze: onFreeze ?? written?.onFreeze ?? 'hold',
    definedIn: [
      ...(written === undefined ? [] : (['file'] as const)),
      ...(stored === undefined ? [] : (['settings'] as const)),
    ],
  };
}

/** GitHub's are compared without case. */
export function environmentKey(name: string): string {
  return name.toLowerCase();
}

/** By its name, whatever its case. */
export function findEnvironment<Named>(
  environments: Readonly<Record<string, Named>>,
  name: string,
): Named | undefined {
  const key = environmentKey(name);
  return Object.entries(environments).find(([other]) => environmentKey(other) === key)?.[1];
}
