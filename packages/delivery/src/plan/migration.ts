/**
 * A migration that the database hasn't had. While a rollout shifts, old and new revision use one schema, so a migration either only
 * adds (expand), or takes away what no running revision uses any more (contract).
 */
export type PendingMigration =
  | { kind: 'expand'; name: string }
  /** `unusedFrom`: ordinal of the first release that no longer uses what is taken away. */
  | { kind: 'contract'; name: string; unusedFrom: number }
  | { kind: 'unmarked'; name: string };
