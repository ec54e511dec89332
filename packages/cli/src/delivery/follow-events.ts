import type { DeploymentAnswer, DeploymentEventAnswer } from '@slipway/contracts/api/delivery';
import { followStream } from '../server/follow-stream.ts';
import type { ServerAccess } from '../server/server-access.ts';

/**
 * What happens to a deployment, as its server tells it, until it has ended.
 * @param path of the deployment
 * @throws ServerRefusal
 */
export async function* followEvents(
  access: ServerAccess,
  path: string,
): AsyncGenerator<DeploymentEventAnswer, DeploymentAnswer> {
  for await (const { event, data } of followStream(access, `${path}/events`)) {
    if (event === 'end') return JSON.parse(data) as DeploymentAnswer;
    yield JSON.parse(data) as DeploymentEventAnswer;
  }
  throw new Error('a stream that was followed has no end');
}
