import { z } from 'zod';
import { projectParams } from './describe-route.ts';

/** Of routes that are about one deployment. */
export const deploymentParams = projectParams.extend({
  deployment: z.coerce
    .number()
    .int()
    .positive()
    .max(2 ** 31 - 1),
});
