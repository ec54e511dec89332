import { setTimeout as delay } from 'node:timers/promises';
import { annotate, fail, input, numberInput, setOutput } from '../step.mjs';
import { assessComments } from './assess-comments.mjs';

const {
  GITHUB_API_URL: api,
  GITHUB_REPOSITORY: repository,
  GITHUB_SHA: sha,
  GITHUB_SERVER_URL: server,
} = process.env;
const rules = {
  approvers: input('APPROVERS')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean),
  minimum: Number(input('MINIMUM')),
  // Who reran the run counts as well as who started it.
  excluded: [process.env.GITHUB_ACTOR, process.env.GITHUB_TRIGGERING_ACTOR].map((name) =>
    (name ?? '').toLowerCase(),
  ),
};
const patienceMs = numberInput('Approval', 'TIMEOUT_MINUTES') * 60_000;
const able = rules.approvers.filter((name) => !rules.excluded.includes(name));
if (!(rules.minimum >= 1) || able.length < rules.minimum) {
  fail(
    'Approval',
    `${able.length} of the approvers may decide on this run, and ${rules.minimum} must: it could never be approved.`,
  );
}

const issue = await call('POST', '/issues', { title: input('TITLE'), body: question() }).catch(
  ({ message }) => fail('Approval', message),
);
process.stdout.write(`Waiting for approval in ${issue.html_url}\n`);
// Nobody is left with an open question when the run is cancelled.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => close('The run was cancelled.').finally(() => process.exit(1)));

const deadline = Date.now() + patienceMs;
for (;;) {
  const verdict = assessComments(await readComments(), rules);
  if (verdict.kind === 'approved') {
    setOutput('approved-by', verdict.by.join(','));
    await close(`Approved by ${verdict.by.join(', ')}.`);
    process.stdout.write(`Approved by ${verdict.by.join(', ')}.\n`);
    break;
  }
  if (verdict.kind === 'rejected') {
    await close(`Rejected by ${verdict.by}.`);
    fail('Approval', `Rejected by ${verdict.by}.`);
  }
  if (Date.now() > deadline) {
    await close('Nobody decided in time.');
    fail('Approval', `Nobody decided within ${input('TIMEOUT_MINUTES')} minutes.`);
  }
  await delay(Number(input('POLL_SECONDS')) * 1000);
}

function question() {
  const run = `${server}/${repository}/actions/runs/${process.env.GITHUB_RUN_ID}`;
  return [
    input('BODY'),
    '',
    `Run ${run} of commit ${sha} waits for ${rules.minimum} of ${able.map((name) => `@${name}`).join(', ')}.`,
    'Answer `approved` or `rejected`; a comment that was edited afterwards does not count.',
  ].join('\n');
}

/** None while GitHub has troubles of its own: a wait takes hours, and the next look may find them. */
async function readComments() {
  const comments = [];
  try {
    for (let page = 1; ; page += 1) {
      const some = await call('GET', `/issues/${issue.number}/comments?per_page=100&page=${page}`);
      comments.push(...some);
      if (some.length < 100) return comments;
    }
  } catch (error) {
    if ([401, 404, 410].includes(error.status)) fail('Approval', error.message);
    process.stdout.write(`The comments can't be read now: ${error.message}\n`);
    return [];
  }
}

/**
 * What was decided holds, whether or not the issue can be told.
 * @param {string} why
 */
async function close(why) {
  try {
    await call('POST', `/issues/${issue.number}/comments`, { body: why });
    await call('PATCH', `/issues/${issue.number}`, { state: 'closed' });
  } catch (error) {
    annotate('warning', 'Approval', `The issue is left open: ${error.message}`);
  }
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
      authorization: `Bearer ${input('TOKEN')}`,
      accept: 'application/vnd.github+json',
      'content-type': 'application/json',
    },
    ...(content && { body: JSON.stringify(content) }),
    signal: AbortSignal.timeout(30_000),
  });
  if (response.ok) return response.json();
  const answer = (await response.text()).slice(0, 300);
  throw Object.assign(new Error(`${method} ${path} answered ${response.status}: ${answer}`), {
    status: response.status,
  });
}
