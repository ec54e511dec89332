/** What an expression evaluates to: JSON data. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/**
 * The contexts an expression may read, by name (`github`, `env`, `matrix`, …). Lookup of keys ignores case, as on GitHub.
 * A context that is not given is unavailable: naming it is an error, which is how availability per key is enforced at run time.
 */
export type Contexts = Record<string, Value>;

/** Answers of the status functions at the place of evaluation. */
export interface StatusFunctions {
  success: boolean;
  failure: boolean;
  cancelled: boolean;
}

/** What the world outside must answer for an expression; every field optional, absent = the function is unavailable. */
export interface EvaluationScope {
  contexts: Contexts;
  status?: StatusFunctions;
  /** `hashFiles(patterns…)`: hex sha256, or '' if nothing matches. Synchronous, as GitHub evaluates it. */
  hashFiles?: (patterns: string[]) => string;
}
