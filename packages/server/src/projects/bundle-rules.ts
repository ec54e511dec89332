import type { BundleRules } from '../delivery/bundle-retention.ts';
import type { Project } from './find-project.ts';

/** As the project's settings have it. */
export function bundleRulesOf({ name, retentionDays, settings }: Project): BundleRules {
  const { rollbackReleases, quotas } = settings;
  return { project: name, retentionDays, rollbackReleases, quotaBytes: quotas.bundles };
}
