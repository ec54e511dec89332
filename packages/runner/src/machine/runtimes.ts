import { readVersion } from '../processes/collect-output.ts';
import { findOnPath } from './binaries.ts';
import type { Finding } from './finding.ts';

const versionPatterns: Record<string, { programs: string[]; pattern: RegExp; argument?: string }> = {
  node: { programs: ['node'], pattern: /v([\d.]+)/ },
  python: { programs: ['python3', 'python'], pattern: /Python ([\d.]+)/ },
  go: { programs: ['go'], pattern: /go version go([\d.]+)/, argument: 'version' },
  java: { programs: ['java'], pattern: /(?:openjdk|java) ([\d.]+)/ },
};

/**
 * Whether the machine has the version that a `setup-*` action is asked for. If not it is no failure: the action downloads it.
 * Versions are compared as far as the wanted one is written out; ranges and names (`lts/*`) are left to the action.
 */
export async function probeRuntime(
  runtime: string,
  wanted: string,
): Promise<Omit<Finding, 'subject' | 'neededBy'> | null> {
  const probe = versionPatterns[runtime];
  if (!probe) return null;
  const file = probe.programs.map((name) => findOnPath(name)).find((path) => path !== null);
  const version = file && (await readVersion(file, probe.pattern, probe.argument));
  const downloads = `actions/setup-${runtime} downloads it, which needs the network`;
  if (!version) return { status: 'warning', detail: `not installed; ${downloads}` };
  if (agrees(version, wanted)) return { status: 'ok', detail: `${version} (${file})` };
  return { status: 'warning', detail: `${version} is installed, ${wanted} is asked for; ${downloads}` };
}

/** `22` agrees with 22.4.1, `3.x` with 3.11, `>=18` and `lts/*` with anything. */
export function agrees(version: string, wanted: string): boolean {
  const digits = /^v?(\d+(?:\.\d+)*)/.exec(wanted)?.[1];
  if (digits === undefined) return true;
  return version === digits || version.startsWith(`${digits}.`);
}
