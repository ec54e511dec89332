import { z } from 'zod';

/** The number of something, in a path or a query: what PostgreSQL's integer holds. */
export const rowNumberSchema = z.coerce
  .number()
  .int()
  .positive()
  .max(2 ** 31 - 1);
