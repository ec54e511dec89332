import { findOnPath } from './binaries.ts';

export type PackageManager = 'apt-get' | 'brew' | 'dnf' | 'apk';

/** What a workflow may need of a machine, by the name that Slipway uses for it. */
export type Tool = keyof typeof packageNames;

/** The package that holds a tool, by package manager; a tool without an entry is not packaged there. */
const packageNames = {
  bash: same('bash'),
  git: same('git'),
  python: { 'apt-get': 'python3', brew: 'python', dnf: 'python3', apk: 'python3' },
  go: { 'apt-get': 'golang', brew: 'go', dnf: 'golang', apk: 'go' },
  java: {
    'apt-get': 'default-jdk-headless',
    brew: 'openjdk',
    dnf: 'java-latest-openjdk-headless',
    apk: 'openjdk21-jdk',
  },
  pwsh: { brew: 'powershell' },
  docker: { 'apt-get': 'docker.io', brew: 'docker', dnf: 'moby-engine', apk: 'docker' },
  postgresql: { 'apt-get': 'postgresql', brew: 'postgresql@17', dnf: 'postgresql-server', apk: 'postgresql' },
  redis: { 'apt-get': 'redis-server', brew: 'redis', dnf: 'redis', apk: 'redis' },
  mysql: { 'apt-get': 'mariadb-server', brew: 'mariadb', dnf: 'mariadb-server', apk: 'mariadb' },
  postgis: { 'apt-get': 'postgresql-postgis', brew: 'postgis', dnf: 'postgis', apk: 'postgis' },
  pgvector: {
    'apt-get': 'postgresql-pgvector',
    brew: 'pgvector',
    dnf: 'pgvector',
    apk: 'postgresql-pgvector',
  },
  jq: same('jq'),
  curl: same('curl'),
  make: same('make'),
  zip: same('zip'),
  unzip: same('unzip'),
  gh: { 'apt-get': 'gh', brew: 'gh', dnf: 'gh', apk: 'github-cli' },
  'postgresql-client': {
    'apt-get': 'postgresql-client',
    brew: 'libpq',
    dnf: 'postgresql',
    apk: 'postgresql-client',
  },
  'mysql-client': {
    'apt-get': 'default-mysql-client',
    brew: 'mysql-client',
    dnf: 'mysql',
    apk: 'mysql-client',
  },
  shellcheck: { 'apt-get': 'shellcheck', brew: 'shellcheck', dnf: 'ShellCheck', apk: 'shellcheck' },
  chromium: { 'apt-get': 'chromium', dnf: 'chromium', apk: 'chromium' },
  trivy: { brew: 'trivy', apk: 'trivy' },
  gitleaks: { brew: 'gitleaks', apk: 'gitleaks' },
} satisfies Record<string, Partial<Record<PackageManager, string>>>;

function same<Name extends string>(name: Name): Record<PackageManager, Name> {
  return { 'apt-get': name, brew: name, dnf: name, apk: name };
}

/** The machine's own package manager; null if it has none that Slipway knows. */
export function detectPackageManager(): PackageManager | null {
  const candidates: PackageManager[] =
    process.platform === 'darwin' ? ['brew'] : ['apt-get', 'dnf', 'apk', 'brew'];
  return candidates.find((name) => findOnPath(name) !== null) ?? null;
}

/** The package that holds this tool; null if this package manager doesn't have it. */
export function packageOf(tool: Tool, manager: PackageManager): string | null {
  const names: Partial<Record<PackageManager, string>> = packageNames[tool];
  return names[manager] ?? null;
}

/** The command that installs these packages without asking, as words. Without the rights of root where it needs them. */
export function installCommand(packages: string[], manager: PackageManager): string[] {
  switch (manager) {
    case 'apt-get':
      return ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
    case 'dnf':
      return ['dnf', 'install', '-y', ...packages];
    case 'apk':
      return ['apk', 'add', ...packages];
    case 'brew':
      return ['brew', 'install', ...packages];
  }
}

/** One clause for people that says how to get a tool here: ``install it with `apt-get install postgresql` ``. */
export function installHint(tool: Tool, manager = detectPackageManager()): string {
  const name = manager && packageOf(tool, manager);
  if (!name) return `install ${tool}`;
  return `install it with \`${manager} ${manager === 'apk' ? 'add' : 'install'} ${name}\``;
}
