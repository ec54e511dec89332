import { z } from 'zod';

/** What is wrong with a file of the repository, and what to write instead. Lines and columns count from 1. */
export const diagnosticSchema = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  mend: z.string(),
});
