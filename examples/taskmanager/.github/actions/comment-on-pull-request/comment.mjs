/**
 * The pull request is found by the commit: under `workflow_run` there is no `pull_request` event to take it from.
 * @see https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit
 */
const {
  SHA: sha = '',
  MARKER: marker = '',
  BODY: body = '',
  TOKEN: token = '',
  SLIPWAY_SERVER: slipwayServer,
  GITHUB_API_URL: api = '',
  GITHUB_REPOSITORY: repository = '',
} = process.env;

const hiddenMarker = `<!-- ${marker} -->`;
const text = `${hiddenMarker}\n${body}`;

// What `slipway run` gives stands for a token, and no server knows it.
if (token.startsWith('slipway_') && !slipwayServer) {
  process.stdout.write('This run is not on a server, which has no pull requests.\n');
} else {
  const pulls = await call('GET', `/commits/${sha}/pulls`);
  if (pulls.length === 0) process.stdout.write(`Commit ${sha} belongs to no pull request.\n`);
  for (const { number } of pulls) await comment(number);
}

/** @param {number} number */
async function comment(number) {
  const comments = await call('GET', `/issues/${number}/comments?per_page=100`);
  const own = comments.find((one) => one.body.startsWith(hiddenMarker));
  if (own) await call('PATCH', `/issues/comments/${own.id}`, { body: text });
  else await call('POST', `/issues/${number}/comments`, { body: text });
  process.stdout.write(`${own ? 'Renewed' : 'Wrote'} the comment on pull request ${number}.\n`);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [content]
 */
async function call(method, path, content) {
  const response = await fetch(`${api}/repos/${repository}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'content-type': 'application/json',
    },
    ...(content && { body: JSON.stringify(content) }),
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${(await response.text()).slice(0, 300)}`);
  return response.json();
}
