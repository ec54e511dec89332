import { steadyNumber } from '@slipway/workflow/triggers';
import { nodeId } from '../shapes/links.ts';

/** Somebody as GraphQL shows who did something. */
export function actorNode(login: string) {
  const id = nodeId('User', steadyNumber(login));
  return { __typename: login.endsWith('[bot]') ? 'Bot' : 'User', id, login, name: login };
}
