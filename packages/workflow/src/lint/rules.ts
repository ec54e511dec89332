import type { Rule } from './rule.ts';
import { actionInputs } from './rules/action-inputs.ts';
import { alwaysTrueCondition } from './rules/always-true-condition.ts';
import { broadPermissions } from './rules/broad-permissions.ts';
import { brokenLocalAction } from './rules/broken-local-action.ts';
import { conflictingFilters } from './rules/conflicting-filters.ts';
import { conflictingLabels } from './rules/conflicting-labels.ts';
import { constantCondition } from './rules/constant-condition.ts';
import { defaultType } from './rules/default-type.ts';
import { deprecatedCommand } from './rules/deprecated-command.ts';
import { duplicateNeed } from './rules/duplicate-need.ts';
import { envName } from './rules/env-name.ts';
import { filterPattern } from './rules/filter-pattern.ts';
import { foreignNeed } from './rules/foreign-need.ts';
import { frequentSchedule } from './rules/frequent-schedule.ts';
import { ignoredFailure } from './rules/ignored-failure.ts';
import { impossibleEvent } from './rules/impossible-event.ts';
import { insecureCommand } from './rules/insecure-command.ts';
import { invalidComparison } from './rules/invalid-comparison.ts';
import { invalidFormat } from './rules/invalid-format.ts';
import { invalidNumber } from './rules/invalid-number.ts';
import { latestImage } from './rules/latest-image.ts';
import { longLivedCredentials } from './rules/long-lived-credentials.ts';
import { matrixMistake } from './rules/matrix-mistake.ts';
import { missingConcurrency } from './rules/missing-concurrency.ts';
import { missingLocalAction } from './rules/missing-local-action.ts';
import { missingPermissions } from './rules/missing-permissions.ts';
import { missingTimeout } from './rules/missing-timeout.ts';
import { movingRef } from './rules/moving-ref.ts';
import { objectAsText } from './rules/object-as-text.ts';
import { outdatedAction } from './rules/outdated-action.ts';
import { plainSecret } from './rules/plain-secret.ts';
import { scheduleWithoutCron } from './rules/schedule-without-cron.ts';
import { shellcheck } from './rules/shellcheck.ts';
import { typeMismatch } from './rules/type-mismatch.ts';
import { unavailableAction } from './rules/unavailable-action.ts';
import { uncachedSetup } from './rules/uncached-setup.ts';
import { unknownLabel } from './rules/unknown-label.ts';
import { unknownProperty } from './rules/unknown-property.ts';
import { unprotectedDeployment } from './rules/unprotected-deployment.ts';
import { untrustedCheckout } from './rules/untrusted-checkout.ts';
import { untrustedInput } from './rules/untrusted-input.ts';

/** Every rule, in the order of the documentation. */
export const rules: readonly Rule[] = [
  actionInputs,
  alwaysTrueCondition,
  broadPermissions,
  brokenLocalAction,
  conflictingFilters,
  conflictingLabels,
  constantCondition,
  defaultType,
  deprecatedCommand,
  duplicateNeed,
  envName,
  filterPattern,
  foreignNeed,
  frequentSchedule,
  ignoredFailure,
  impossibleEvent,
  insecureCommand,
  invalidComparison,
  invalidFormat,
  invalidNumber,
  latestImage,
  longLivedCredentials,
  matrixMistake,
  missingConcurrency,
  missingLocalAction,
  missingPermissions,
  missingTimeout,
  movingRef,
  objectAsText,
  outdatedAction,
  plainSecret,
  scheduleWithoutCron,
  shellcheck,
  typeMismatch,
  unavailableAction,
  uncachedSetup,
  unknownLabel,
  unknownProperty,
  unprotectedDeployment,
  untrustedCheckout,
  untrustedInput,
];
