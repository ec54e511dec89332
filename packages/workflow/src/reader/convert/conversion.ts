import type { Findings } from '../findings.ts';

/** What converting a file's parts has to do with the rest of the world. */
export interface Conversion {
  findings: Findings;
  /** Contexts, and functions as `name(min,max)`, that a definition of GitHub's schema allows. */
  allowedContext(definition: string): string[];
}
