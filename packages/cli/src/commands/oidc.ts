import type { OidcAnswer } from '@slipway/contracts/api/oidc';
import type { CommandSpec, Mistake, TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { meant } from '../command-line/suggestion.ts';
import { trustPolicyOf } from '../oidc/trust-policy.ts';
import { callServer } from '../server/call-server.ts';
import { serverOptions } from '../server/server-access.ts';
import { withServer } from '../server/server-command.ts';
import { printOut } from '../view/print.ts';
import type { Command } from './command-table.ts';

const spec: CommandSpec = {
  name: 'oidc',
  summary: 'let jobs into clouds: print trust policies and try them',
  description: [
    'ACTION is trust-policy or verify. A job with id-token: write gets tokens that say which project, branch and environment it is of; a cloud that trusts the server lets it in without a secret.',
    'trust-policy prints the trust policy of an IAM role for jobs of an environment, of a branch (default: the default branch) or of pull requests.',
    'verify says whether a trust policy lets a token in, and which condition fails. The token is read from the standard input or from --token-file; its signature is checked with the keys that its issuer publishes.',
  ],
  argument: { name: 'ACTION', repeatable: false, help: 'trust-policy or verify' },
  options: [
    { name: 'project', value: 'OWNER/NAME', help: 'whose jobs are trusted' },
    { name: 'environment', value: 'NAME', help: 'jobs of this environment' },
    { name: 'ref', value: 'REF', help: 'jobs of this branch; of a tag with refs/tags/NAME' },
    { name: 'pull-request', help: 'jobs of pull requests' },
    { name: 'account', value: 'ID', help: 'of AWS; default 123456789012, to be replaced' },
    { name: 'audience', value: 'AUD', help: 'default sts.amazonaws.com' },
    { name: 'policy', value: 'FILE', help: 'the trust policy to verify with' },
    { name: 'token-file', value: 'FILE', help: 'the token; default: the standard input' },
    { name: 'offline', help: "verify: don't ask the issuer for its keys; the signature is not checked" },
    { name: 'json', help: 'verify: print the verdict as JSON' },
    ...serverOptions,
  ],
  examples: [
    {
      line: 'slipway oidc trust-policy --project octo/app --environment production',
      says: 'for jobs of an environment',
    },
    { line: 'slipway oidc verify --policy trust.json < token', says: 'does it let this token in?' },
  ],
};

export const oidcCommand: Command = { spec, execute };

const actions = ['trust-policy', 'verify'];

async function execute(typed: TypedArguments): Promise<number> {
  const [action = ''] = typed.arguments;
  if (action === 'verify') return (await import('../oidc/verify-token.ts')).verifyToken(typed);
  if (action === 'trust-policy') return printTrustPolicy(typed);
  const message = action === '' ? 'oidc needs an ACTION' : `there is no action '${action}'`;
  return refuse([{ message, mend: meant(action, actions) ?? 'Write trust-policy or verify.' }]);
}

async function printTrustPolicy(typed: TypedArguments): Promise<number> {
  const value = (option: string): string | undefined => typed.values.get(option)?.[0];
  const account = value('account') ?? '123456789012';
  const mistake = assessTrustPolicy(typed, account);
  if (mistake !== null) return refuse([mistake]);
  const query = new URLSearchParams();
  for (const option of ['environment', 'ref'] as const) {
    const wanted = value(option);
    if (wanted !== undefined) query.set(option, wanted);
  }
  if (typed.switches.has('pull-request')) query.set('pullRequest', 'true');
  return withServer(typed, async (access) => {
    const path = `/projects/${value('project')}/oidc?${query}`;
    const { issuer, subject } = await callServer<OidcAnswer>(access, { path });
    const audience = value('audience') ?? 'sts.amazonaws.com';
    printOut(`${JSON.stringify(trustPolicyOf({ issuer, account, audience, subject }), null, 2)}\n`);
    return exitStatus.success;
  });
}

function assessTrustPolicy({ values, switches }: TypedArguments, account: string): Mistake | null {
  const project = values.get('project')?.[0];
  if (project === undefined || !/^[^/]+\/[^/]+$/.test(project)) {
    return { message: 'trust-policy needs a project', mend: 'Write --project OWNER/NAME.' };
  }
  const given = [
    ...['environment', 'ref'].filter((one) => values.has(one)),
    ...(switches.has('pull-request') ? ['pull-request'] : []),
  ];
  if (given.length > 1) {
    return { message: `--${given[0]} and --${given[1]} are given together`, mend: 'Give one of them.' };
  }
  if (!/^\d{12}$/.test(account)) {
    return { message: `--account '${account}' is no account of AWS`, mend: 'Write its twelve digits.' };
  }
  return null;
}
