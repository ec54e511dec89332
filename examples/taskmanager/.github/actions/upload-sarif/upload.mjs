import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/**
 * Sends SARIF_FILE to the code scanning API, which GitHub and Slipway's server have in common.
 * @see https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data
 */
const {
  SARIF_FILE: file = '',
  CATEGORY: category = '',
  TOKEN: token = '',
  SLIPWAY_SERVER: slipwayServer,
  GITHUB_API_URL: api = '',
  GITHUB_REPOSITORY: repository = '',
  GITHUB_SHA: commit = '',
  GITHUB_REF: ref = '',
} = process.env;

// What `slipway run` gives stands for a token, and no server knows it.
if (token.startsWith('slipway_') && !slipwayServer) {
  tell('This run is not on a server: the findings stay in its log.');
} else {
  const sarif = JSON.parse(await readFile(file, 'utf8'));
  for (const [index, run] of sarif.runs.entries()) run.automationDetails = { id: `${category}-${index}/` };
  await upload(JSON.stringify(sarif));
}

/** @param {string} sarif */
async function upload(sarif) {
  const packed = await promisify(gzip)(sarif);
  const response = await fetch(`${api}/repos/${repository}/code-scanning/sarifs`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ commit_sha: commit, ref, sarif: packed.toString('base64') }),
    signal: AbortSignal.timeout(60_000),
  });
  const answer = await response.text();
  if (response.ok) {
    process.stdout.write(`Stored the findings as ${category}.\n`);
  } else if ([401, 403, 404].includes(response.status)) {
    // Code scanning is switched off, or may not be written by this event (a fork's pull request).
    tell(`${api} stores no findings of this run: ${response.status} ${answer.slice(0, 300)}`);
  } else {
    process.stdout.write(`::error title=Upload SARIF::${response.status} ${answer.slice(0, 300)}\n`);
    process.exitCode = 1;
  }
}

/** @param {string} message */
function tell(message) {
  process.stdout.write(`::notice title=Upload SARIF::${message.replaceAll('\n', ' ')}\n`);
}
