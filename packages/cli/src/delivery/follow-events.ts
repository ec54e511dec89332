import type { DeploymentAnswer, DeploymentEventAnswer } from '@slipway/contracts/api/delivery';
import { requestServer, ServerRefusal } from '../server/call-server.ts';
import { readMessages } from '../server/read-messages.ts';
import type { ServerAccess } from '../server/server-access.ts';

const tryAgainMs = 1_000;
/** A server that restarts is waited for. */
const mostTries = 60;

/**
 * What happens to a deployment, as its server tells it. A connection that breaks is taken up after the last event that came.
 * @param path of the deployment
 */
export async function* followEvents(
  access: ServerAccess,
  path: string,
): AsyncGenerator<DeploymentEventAnswer, DeploymentAnswer> {
  let last: string | null = null;
  for (let tries = 0; ; tries += 1) {
    try {
      const headers = { accept: 'text/event-stream', ...(last !== null && { 'last-event-id': last }) };
      const { body } = await requestServer(access, { path: `${path}/events`, headers });
      for await (const { event, data, id } of body === null ? [] : readMessages(body)) {
        if (event === 'end') return JSON.parse(data) as DeploymentAnswer;
        last = id ?? last;
        tries = 0;
        yield JSON.parse(data) as DeploymentEventAnswer;
      }
    } catch (error) {
      const isFirst = tries === 0 && last === null;
      if (error instanceof ServerRefusal && isFirst && !/cannot be reached|closing/.test(error.message))
        throw error;
      if (tries >= mostTries) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, tryAgainMs));
  }
}
