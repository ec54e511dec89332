/** What the exit statuses mean; scripts depend on them. */
export const exitStatus = {
  success: 0,
  /** A run failed, or lint found errors. */
  failure: 1,
  /** Usage, or an unreadable or invalid workflow or event; nothing ran. */
  invalid: 2,
  cancelled: 130,
} as const;
