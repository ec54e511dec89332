import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { splitCommandLine } from '../processes/command-line.ts';

/** How docker judges a container's health; durations in milliseconds. */
export interface HealthCheck {
  /** Run by `/bin/sh -c` inside of the container. */
  command: string;
  intervalMs: number;
  timeoutMs: number;
  /** Failures in a row after the start period that make it unhealthy. */
  retries: number;
  /** Failures in this time from the start don't count. */
  startPeriodMs: number;
}

/** What `options:` of a service asks for, as far as it means something without docker. */
export interface CreateOptions {
  /** Absent when the options set none, or `--no-healthcheck`. */
  health?: HealthCheck;
  /** `-e K=V`. */
  env: Record<string, string>;
  /** `-p`, in the form of `ports:`. */
  publish: string[];
  /** `-v` and `--mount`, in the form of `volumes:` as far as that has one. */
  volumes: string[];
}

export type ReadCreateOptions = { kind: 'ok'; options: CreateOptions } | { kind: 'invalid'; problem: string };

/**
 * Reads `options:` (arguments of `docker create`).
 * Options that shape the container itself (memory, names, capabilities, …) are accepted and have no effect here.
 * @see https://docs.docker.com/reference/cli/docker/container/create/
 */
export function readCreateOptions(text: string): ReadCreateOptions {
  const words = splitCommandLine(text).map((word) => word.replace(/^(--[a-z-]+)=true$/, '$1'));
  let values: Record<string, string | boolean | (string | boolean)[] | undefined>;
  try {
    values = parseArgs({ args: words, options: knownOptions, strict: true }).values;
  } catch (error) {
    return { kind: 'invalid', problem: `options: ${withoutHint((error as Error).message)}` };
  }
  if (values.entrypoint !== undefined || values.network !== undefined) {
    return {
      kind: 'invalid',
      problem: 'options: --entrypoint and --network are not supported in services, as on GitHub',
    };
  }
  const health = readHealth(values as Record<string, string | undefined>, values['no-healthcheck'] === true);
  if (typeof health === 'string') return { kind: 'invalid', problem: `options: ${health}` };
  return {
    kind: 'ok',
    options: {
      ...(health && { health }),
      env: Object.fromEntries(list(values.env).map(splitAssignment)),
      publish: list(values.publish),
      volumes: [
        ...list(values.volume),
        ...list(values.mount).filter((mount) => !mount.includes('type=tmpfs')),
      ],
    },
  };
}

const DEFAULT_INTERVAL_MS = 30_000;
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRIES = 3;

function readHealth(
  values: Record<string, string | undefined>,
  disabled: boolean,
): HealthCheck | undefined | string {
  const interval = readDuration(values, 'health-interval', DEFAULT_INTERVAL_MS);
  const timeout = readDuration(values, 'health-timeout', DEFAULT_TIMEOUT_MS);
  const startPeriod = readDuration(values, 'health-start-period', 0);
  for (const duration of [interval, timeout, startPeriod]) if (typeof duration === 'string') return duration;
  const retriesText = values['health-retries'] ?? '0';
  if (!/^\d+$/.test(retriesText)) return `--health-retries wants a whole number, not ${retriesText}`;
  const command = values['health-cmd'];
  if (command === undefined || command === '' || command === 'none' || disabled) return undefined;
  return {
    command,
    intervalMs: interval as number,
    timeoutMs: timeout as number,
    // 0 means docker's default.
    retries: Number(retriesText) || DEFAULT_RETRIES,
    startPeriodMs: startPeriod as number,
  };
}

function readDuration(
  values: Record<string, string | undefined>,
  name: string,
  defaultMs: number,
): number | string {
  const text = values[name];
  if (text === undefined) return defaultMs;
  const ms = parseGoDuration(text);
  if (ms === null) return `--${name} wants a duration with a unit such as 10s, 1m30s or 500ms, not ${text}`;
  return ms === 0 ? defaultMs : ms;
}

const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Go's `time.ParseDuration` for what is not negative: `1m30s`, `1.5h`, `0`; null if it is none. */
export function parseGoDuration(text: string): number | null {
  if (text === '0') return 0;
  if (!/^(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(amount) * UNIT_MS[unit!]!;
  }
  return total;
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}

function splitAssignment(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

// Node's message goes on with advice for the author of a command line tool.
function withoutHint(message: string): string {
  return message.split('. To specify', 1)[0]!.split('\n', 1)[0]!;
}

const knownOptions: ParseArgsOptionsConfig = {
  ...flags(
    'init',
    'interactive:i',
    'tty:t',
    'privileged',
    'read-only',
    'rm',
    'quiet:q',
    'no-healthcheck',
    'oom-kill-disable',
    'publish-all:P',
  ),
  ...texts(
    'health-cmd',
    'health-interval',
    'health-retries',
    'health-timeout',
    'health-start-period',
    'health-start-interval',
  ),
  ...texts(
    'cgroup-parent',
    'cgroupns',
    'cpu-period',
    'cpu-quota',
    'cpu-rt-period',
    'cpu-rt-runtime',
    'cpu-shares:c',
    'cpus',
    'cpuset-cpus',
    'cpuset-mems',
  ),
  ...texts(
    'domainname',
    'entrypoint',
    'gpus',
    'hostname:h',
    'ip',
    'ip6',
    'ipc',
    'isolation',
    'kernel-memory',
    'log-driver',
    'mac-address',
  ),
  ...texts(
    'memory:m',
    'memory-reservation',
    'memory-swap',
    'memory-swappiness',
    'name',
    'network',
    'net',
    'oom-score-adj',
    'pid',
    'pids-limit',
  ),
  ...texts(
    'platform',
    'pull',
    'restart',
    'runtime',
    'shm-size',
    'stop-signal',
    'stop-timeout',
    'user:u',
    'userns',
    'uts',
    'volume-driver',
    'workdir:w',
  ),
  ...lists(
    'add-host',
    'annotation',
    'attach:a',
    'cap-add',
    'cap-drop',
    'device',
    'device-cgroup-rule',
    'dns',
    'dns-option',
    'dns-search',
    'env:e',
  ),
  ...lists(
    'env-file',
    'expose',
    'group-add',
    'label:l',
    'label-file',
    'link',
    'link-local-ip',
    'log-opt',
    'mount',
    'network-alias',
    'net-alias',
  ),
  ...lists(
    'publish:p',
    'security-opt',
    'storage-opt',
    'sysctl',
    'tmpfs',
    'ulimit',
    'volume:v',
    'volumes-from',
  ),
};

function flags(...names: string[]): ParseArgsOptionsConfig {
  return options(names, { type: 'boolean' });
}

function texts(...names: string[]): ParseArgsOptionsConfig {
  return options(names, { type: 'string' });
}

function lists(...names: string[]): ParseArgsOptionsConfig {
  return options(names, { type: 'string', multiple: true });
}

/** `name` or `name:s`, where `s` is its short form. */
function options(names: string[], shape: ParseArgsOptionsConfig[string]): ParseArgsOptionsConfig {
  return Object.fromEntries(
    names.map((entry) => {
      const [name, short] = entry.split(':');
      return [name!, short ? { ...shape, short } : shape];
    }),
  );
}
