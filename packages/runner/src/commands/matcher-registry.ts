import type { MatcherConfig } from './matcher-config.ts';

/** The problem matchers of a job; they hold from the step that adds them until a step removes them. */
export interface MatcherRegistry {
  /** The one added last comes first. A new array whenever something changes. */
  readonly configs: readonly MatcherConfig[];
  /** Replaces those of the same owner. */
  add(configs: MatcherConfig[]): void;
  remove(owners: string[]): void;
}

export function createMatcherRegistry(): MatcherRegistry {
  let configs: readonly MatcherConfig[] = [];
  const without = (owners: string[]) => {
    const names = new Set(owners.map((owner) => owner.toLowerCase()));
    return configs.filter(({ owner }) => !names.has(owner.toLowerCase()));
  };
  return {
    get configs() {
      return configs;
    },
    add(added) {
      configs = [...added, ...without(added.map(({ owner }) => owner))];
    },
    remove(owners) {
      configs = without(owners);
    },
  };
}
