import { steadyNumber } from '@slipway/workflow/triggers';
import { nodeId } from './links.ts';

/** Somebody as GitHub shows users where they did something. */
export function userShape(login: string, server: string): Record<string, unknown> {
  const api = `${server}/api/v3/users/${encodeURIComponent(login)}`;
  const id = steadyNumber(login);
  return {
    login,
    id,
    node_id: nodeId('User', id),
    avatar_url: '',
    gravatar_id: '',
    url: api,
    html_url: `${server}/${encodeURIComponent(login)}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: login.endsWith('[bot]') ? 'Bot' : 'User',
    site_admin: false,
  };
}
