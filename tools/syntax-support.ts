/** How a key of GitHub's workflow or action syntax is served; docs/compatibility.md is made from it. */
export interface SyntaxSupport {
  /**
   * Path in GitHub's schema; `<name>` is a name of the author's. Keys below it that have no row of their own belong to it.
   * `on.*` is any event.
   */
  key: string;
  /** `partly`: something of it has no effect, or is refused; `how` says what. */
  support: 'yes' | 'partly' | 'no';
  how: string;
}

export const workflowSupport: readonly SyntaxSupport[] = [
  { key: 'name', support: 'yes', how: '' },
  { key: 'description', support: 'yes', how: 'read; nothing shows it' },
  { key: 'run-name', support: 'yes', how: 'with expressions' },
  {
    key: 'on',
    support: 'yes',
    how: "a name, a list or a mapping of GitHub's 37 events. `slipway run EVENT` makes one happen from what git knows, `--event-file` gives it any payload",
  },
  { key: 'on.*.types', support: 'yes', how: "judged against the payload's `action`, with GitHub's defaults" },
  { key: 'on.*.branches', support: 'yes', how: "GitHub's patterns; `!` in the order written" },
  {
    key: 'on.*.branches-ignore',
    support: 'yes',
    how: 'beside `branches` it is an error of `slipway lint`: GitHub refuses the file',
  },
  { key: 'on.*.tags', support: 'yes', how: '' },
  { key: 'on.*.tags-ignore', support: 'yes', how: '' },
  {
    key: 'on.*.paths',
    support: 'yes',
    how: 'over the commits of the push, or the difference to the base of a pull request',
  },
  { key: 'on.*.paths-ignore', support: 'yes', how: '' },
  {
    key: 'on.*.workflows',
    support: 'yes',
    how: '`workflow_run` follows runs of the same command, three deep, unless `--no-follow`',
  },
  {
    key: 'on.*.cron',
    support: 'partly',
    how: 'checked; `slipway run schedule` starts it now. That it fires by itself is the part of a server',
  },
  { key: 'on.*.timezone', support: 'partly', how: 'as `cron`; an unknown zone is an error' },
  { key: 'on.*.names', support: 'yes', how: '`image_version` only' },
  { key: 'on.*.versions', support: 'yes', how: '`image_version` only' },
  {
    key: 'on.*.inputs',
    support: 'yes',
    how: 'all types, required, defaults; `--input NAME=VALUE`, or the call. A value that does not fit is an error before anything runs',
  },
  { key: 'on.*.secrets', support: 'yes', how: 'a required one that the caller does not pass is an error' },
  { key: 'on.*.outputs', support: 'yes', how: '' },
  {
    key: 'permissions',
    support: 'partly',
    how: 'checked, also over calls. At a server they are what the token of the job may ([github-api.md](github-api.md)). `slipway run` has no API to guard: `GITHUB_TOKEN` is the secret of that name if one is given, else a random word',
  },
  { key: 'env', support: 'yes', how: '' },
  { key: 'defaults', support: 'yes', how: '' },
  {
    key: 'concurrency',
    support: 'yes',
    how: 'group, `cancel-in-progress`, `queue`; among the runs of one `slipway run`',
  },
  {
    key: 'cache-mode',
    support: 'yes',
    how: 'also told to actions as `ACTIONS_CACHE_MODE`; where it is not set, what anybody may cause (`pull_request_target`, comments, runs after those of forks) restores and does not save',
  },
  { key: 'jobs', support: 'yes', how: '' },
  {
    key: 'jobs.<name>.needs',
    support: 'yes',
    how: 'also on a job of another workflow of the same event, which GitHub refuses; a job that exists nowhere is an error',
  },
  { key: 'jobs.<name>.if', support: 'yes', how: 'with the implicit `success()` over all ancestors' },
  {
    key: 'jobs.<name>.strategy',
    support: 'yes',
    how: '`include`, `exclude`, objects, `fromJSON`, `fail-fast`, `max-parallel`; more than 256 jobs are an error',
  },
  { key: 'jobs.<name>.name', support: 'yes', how: '' },
  {
    key: 'jobs.<name>.runs-on',
    support: 'partly',
    how: "GitHub's labels for this machine's system, and what `--runner LABEL=host` or `LABEL=docker://IMAGE` serves; other jobs are skipped and said so, `--fail-on-skip` makes that a failure. `group` is read, and has no effect",
  },
  {
    key: 'jobs.<name>.timeout-minutes',
    support: 'yes',
    how: 'the job fails; on GitHub it counts as cancelled',
  },
  { key: 'jobs.<name>.cancel-timeout-minutes', support: 'yes', how: '' },
  { key: 'jobs.<name>.continue-on-error', support: 'yes', how: '' },
  {
    key: 'jobs.<name>.container',
    support: 'yes',
    how: 'by docker or podman. Without an engine the job fails with what to install; `--executor host` never starts one',
  },
  {
    key: 'jobs.<name>.services',
    support: 'partly',
    how: "in containers, or without an engine PostgreSQL, Redis, MySQL and MariaDB from this machine's own programs. Volumes, `entrypoint` and other images then fail the job with the reason",
  },
  { key: 'jobs.<name>.env', support: 'yes', how: '' },
  {
    key: 'jobs.<name>.environment',
    support: 'partly',
    how: 'all of it at a server. `slipway run` asks on the terminal where `slipway.yml` names reviewers ([secrets-and-environments.md](secrets-and-environments.md)), and has one set of secrets for all environments; timers and `deployment` have no effect there',
  },
  {
    key: 'jobs.<name>.permissions',
    support: 'partly',
    how: 'as at the top; `id-token: write` gives no token here, so that an action that asks for one fails',
  },
  { key: 'jobs.<name>.concurrency', support: 'yes', how: '' },
  { key: 'jobs.<name>.outputs', support: 'yes', how: 'one that holds a secret is dropped with a warning' },
  { key: 'jobs.<name>.defaults', support: 'yes', how: '' },
  { key: 'jobs.<name>.cache-mode', support: 'yes', how: '' },
  {
    key: 'jobs.<name>.snapshot',
    support: 'no',
    how: 'read and checked; the job runs without it and its log says so',
  },
  { key: 'jobs.<name>.uses', support: 'yes', how: 'local and of other repositories, nested nine deep' },
  { key: 'jobs.<name>.with', support: 'yes', how: '' },
  { key: 'jobs.<name>.secrets', support: 'yes', how: 'named, or `inherit`' },
  { key: 'jobs.<name>.steps', support: 'yes', how: '' },
  { key: 'jobs.<name>.steps.name', support: 'yes', how: '' },
  { key: 'jobs.<name>.steps.id', support: 'yes', how: '' },
  { key: 'jobs.<name>.steps.if', support: 'yes', how: '' },
  { key: 'jobs.<name>.steps.timeout-minutes', support: 'yes', how: '' },
  { key: 'jobs.<name>.steps.run', support: 'yes', how: '' },
  { key: 'jobs.<name>.steps.continue-on-error', support: 'yes', how: '' },
  { key: 'jobs.<name>.steps.env', support: 'yes', how: '' },
  { key: 'jobs.<name>.steps.working-directory', support: 'yes', how: '' },
  {
    key: 'jobs.<name>.steps.shell',
    support: 'yes',
    how: '`bash`, `sh`, `python`, `pwsh` where it is installed, and any command with `{0}`; `cmd` and `powershell` fail the step with the reason',
  },
  { key: 'jobs.<name>.steps.background', support: 'yes', how: '' },
  { key: 'jobs.<name>.steps.wait', support: 'yes', how: '' },
  { key: 'jobs.<name>.steps.wait-all', support: 'yes', how: '' },
  { key: 'jobs.<name>.steps.cancel', support: 'yes', how: '' },
  { key: 'jobs.<name>.steps.parallel', support: 'yes', how: '' },
  {
    key: 'jobs.<name>.steps.uses',
    support: 'yes',
    how: 'JavaScript and composite actions on the machine itself; container actions and `docker://` need an engine. `actions/checkout` of the repository itself takes the working tree as it is',
  },
  { key: 'jobs.<name>.steps.with', support: 'yes', how: '' },
];

export const actionSupport: readonly SyntaxSupport[] = [
  { key: 'name', support: 'yes', how: 'a missing one is a warning' },
  { key: 'description', support: 'yes', how: '' },
  { key: 'author', support: 'yes', how: 'nothing shows it' },
  { key: 'branding', support: 'yes', how: 'nothing shows it; a wrong value is a warning' },
  { key: 'inputs', support: 'yes', how: '' },
  { key: 'inputs.<name>.deprecationMessage', support: 'yes', how: '' },
  { key: 'outputs', support: 'yes', how: '' },
  {
    key: 'runs.using',
    support: 'yes',
    how: '`node12` to `node24` all run on Node 24; `docker`; `composite`',
  },
  { key: 'runs.main', support: 'yes', how: '' },
  { key: 'runs.pre', support: 'yes', how: 'not of local actions, as on GitHub' },
  { key: 'runs.pre-if', support: 'yes', how: '' },
  { key: 'runs.post', support: 'yes', how: 'last in, first out' },
  { key: 'runs.post-if', support: 'yes', how: '' },
  { key: 'runs.image', support: 'yes', how: 'a Dockerfile or `docker://`; needs an engine' },
  { key: 'runs.entrypoint', support: 'yes', how: '' },
  { key: 'runs.pre-entrypoint', support: 'yes', how: '' },
  { key: 'runs.post-entrypoint', support: 'yes', how: '' },
  { key: 'runs.args', support: 'yes', how: '' },
  { key: 'runs.env', support: 'yes', how: '' },
  {
    key: 'runs.steps',
    support: 'yes',
    how: 'nested as deep as they go; `shell` is required, `timeout-minutes` is refused, as on GitHub',
  },
];
