import { rowNumberSchema } from '@slipway/contracts/api/row-number';
import { projectParams } from './describe-route.ts';

/** Of routes that are about one deployment. */
export const deploymentParams = projectParams.extend({ deployment: rowNumberSchema });
