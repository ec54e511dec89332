import type { CommandSpec, TypedArguments } from '../command-line/command.ts';
import { runCommand } from './run.ts';

/** A command: what it takes, and what it does with it. */
export interface Command {
  spec: CommandSpec;
  /** Resolves to the exit status when everything is printed. */
  execute(typed: TypedArguments): Promise<number>;
}

/** One file per command, loaded when it is called; `run` is the one that is waited for most, and comes with the program. */
export const commandTable: Record<string, () => Promise<Command>> = {
  run: async () => runCommand,
  plan: async () => (await import('./plan.ts')).planCommand,
  lint: async () => (await import('./lint.ts')).lintCommand,
  lock: async () => (await import('./lock.ts')).lockCommand,
  runs: async () => (await import('./runs.ts')).runsCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
  rerun: async () => (await import('./rerun.ts')).rerunCommand,
  logs: async () => (await import('./logs.ts')).logsCommand,
  alerts: async () => (await import('./alerts.ts')).alertsCommand,
  artifacts: async () => (await import('./artifacts.ts')).artifactsCommand,
  cache: async () => (await import('./cache.ts')).cacheCommand,
  runner: async () => (await import('./runner.ts')).runnerCommand,
  project: async () => (await import('./project.ts')).projectCommand,
  secrets: async () => (await import('./secrets.ts')).secretsCommand,
  vars: async () => (await import('./vars.ts')).varsCommand,
  environments: async () => (await import('./environments.ts')).environmentsCommand,
  approvals: async () => (await import('./approvals.ts')).approvalsCommand,
  approve: async () => (await import('./approve.ts')).approveCommand,
  reject: async () => (await import('./reject.ts')).rejectCommand,
  login: async () => (await import('./login.ts')).loginCommand,
  users: async () => (await import('./users.ts')).usersCommand,
  tokens: async () => (await import('./tokens.ts')).tokensCommand,
  audit: async () => (await import('./audit.ts')).auditCommand,
  pr: async () => (await import('./pr.ts')).prCommand,
  protection: async () => (await import('./protection.ts')).protectionCommand,
  dispatch: async () => (await import('./dispatch.ts')).dispatchCommand,
  cancel: async () => (await import('./cancel.ts')).cancelCommand,
  bundle: async () => (await import('./bundle.ts')).bundleCommand,
  release: async () => (await import('./release.ts')).releaseCommand,
  deploy: async () => (await import('./deploy.ts')).deployCommand,
  rollback: async () => (await import('./rollback.ts')).rollbackCommand,
  deployments: async () => (await import('./deployments.ts')).deploymentsCommand,
  pause: async () => (await import('./pause.ts')).pauseCommand,
  resume: async () => (await import('./resume.ts')).resumeCommand,
  promote: async () => (await import('./promote.ts')).promoteCommand,
  abort: async () => (await import('./abort.ts')).abortCommand,
  unfreeze: async () => (await import('./unfreeze.ts')).unfreezeCommand,
  dora: async () => (await import('./dora.ts')).doraCommand,
  edge: async () => (await import('./edge.ts')).edgeCommand,
  supervisor: async () => (await import('./supervisor.ts')).supervisorCommand,
  runners: async () => (await import('./runners.ts')).runnersCommand,
  backup: async () => (await import('./backup.ts')).backupCommand,
  restore: async () => (await import('./restore.ts')).restoreCommand,
  oidc: async () => (await import('./oidc.ts')).oidcCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
};
