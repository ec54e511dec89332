import type { ArgumentSpec, OptionSpec } from '../command-line/command.ts';

export const eventArgument: ArgumentSpec = {
  name: 'EVENT',
  repeatable: false,
  help: 'the event, e.g. push, pull_request, workflow_dispatch, schedule; default push',
};

/** What `slipway run` and `slipway plan` share: which event happens to which workflows, and with what. */
export const workflowOptions: readonly OptionSpec[] = [
  {
    name: 'workflows',
    short: 'W',
    value: 'PATH',
    repeatable: true,
    help: 'workflow file or folder of them; default .github/workflows',
  },
  { name: 'job', short: 'j', value: 'ID', repeatable: true, help: 'only this job and what it needs' },
  {
    name: 'matrix',
    value: 'KEY:VALUE',
    repeatable: true,
    help: 'only the legs of matrices that have this value; several values of one key are alternatives',
  },
  {
    name: 'event-file',
    short: 'e',
    value: 'FILE',
    help: "the event's payload as JSON, in GitHub's webhook shape",
  },
  {
    name: 'input',
    short: 'i',
    value: 'NAME=VALUE',
    repeatable: true,
    help: 'an input of workflow_dispatch',
  },
  {
    name: 'secret',
    short: 's',
    value: 'NAME[=VALUE]',
    repeatable: true,
    help: 'a secret; without a value it is read from the environment',
  },
  { name: 'secret-file', value: 'FILE', help: 'secrets as lines NAME=VALUE' },
  { name: 'var', value: 'NAME=VALUE', repeatable: true, help: 'a configuration variable (the vars context)' },
  { name: 'var-file', value: 'FILE', help: 'configuration variables as lines NAME=VALUE' },
  { name: 'env', value: 'NAME=VALUE', repeatable: true, help: 'an environment variable of every job' },
  { name: 'env-file', value: 'FILE', help: 'environment variables as lines NAME=VALUE' },
  {
    name: 'ref',
    value: 'REF',
    help: 'the branch or tag the event is on, e.g. main or refs/tags/v1; default what is checked out',
  },
  { name: 'actor', value: 'NAME', help: 'who caused the event; default your user name' },
  { name: 'repository', value: 'OWNER/NAME', help: 'default taken from the remote origin' },
  {
    name: 'executor',
    value: 'KIND',
    help: 'auto (default): containers where a job asks for them or needs them; host: never; docker: also for all services',
  },
  {
    name: 'runner',
    value: 'LABEL=TARGET',
    repeatable: true,
    help: "serve a runs-on label: TARGET is host or docker://IMAGE, LABEL may be '*' for all",
  },
  { name: 'max-parallel', value: 'N', help: 'jobs that run at once; default the number of processors' },
  { name: 'fail-on-skip', help: 'fail when a job is skipped because nothing here serves its labels' },
  { name: 'offline', help: 'use only actions that are in the cache; never ask the network' },
  { name: 'json', help: 'print one JSON object a line; the last one is the summary' },
  { name: 'no-follow', help: 'do not run the workflows that these runs trigger (workflow_run)' },
];

/** For `slipway run` and `slipway rerun`. */
export const approveOption: OptionSpec = {
  name: 'approve',
  value: 'ENVIRONMENT',
  repeatable: true,
  help: 'let jobs enter this environment of slipway.yml without asking on the terminal',
};

/** What `slipway run` and `slipway rerun` keep for later. */
export const keepOptions: readonly OptionSpec[] = [
  {
    name: 'checkpoint',
    help: "copy each job's folder before each of its steps, so that 'slipway rerun --from-step' can begin at any of them",
  },
];

/** What `slipway run` has besides. */
export const reportOptions: readonly OptionSpec[] = [
  { name: 'junit', value: 'FILE', help: 'write a JUnit report: a suite for each job, a case for each step' },
  { name: 'sarif', value: 'FILE', help: 'write the annotations as SARIF' },
  { name: 'html', value: 'FILE', help: 'write one page with graph, timeline, steps and logs' },
];
