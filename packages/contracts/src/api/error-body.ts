import { z } from 'zod';

/**
 * What the REST interface below `/api/v1` answers to a request that it refuses. What is unknown in a request is an error; answers of all
 * kinds may gain properties.
 */
export const errorBodySchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
});
