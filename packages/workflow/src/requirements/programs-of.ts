/** Programs that Slipway can say something about; others are the script's own business. */
const known = new Set([
  ...['docker', 'podman', 'psql', 'pg_dump', 'redis-cli', 'mysql', 'mysqladmin'],
  ...['python', 'python3', 'pip', 'pip3', 'go', 'java', 'javac', 'node', 'npm', 'npx', 'pwsh'],
  ...['shellcheck', 'trivy', 'gitleaks', 'chromium', 'jq', 'curl', 'make', 'zip', 'unzip', 'gh'],
]);

/** The known programs that a shell script calls, in their order; found by where a command's first word may stand. */
export function programsOf(script: string): string[] {
  const found = new Set<string>();
  for (const line of script.replaceAll('\\\n', ' ').split('\n')) {
    for (const command of withoutComment(line).split(/&&|\|\||[;|(){}`]|\$\(/)) {
      const program = firstWord(command);
      if (program && known.has(program)) found.add(program);
    }
  }
  return [...found];
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s)#.*$/, '');
}

const prefixes = new Set([
  'sudo',
  'exec',
  'time',
  'then',
  'do',
  'else',
  'if',
  'elif',
  'while',
  'until',
  '!',
  'env',
  'command',
  'nohup',
]);

function firstWord(command: string): string | undefined {
  return command
    .trim()
    .split(/\s+/)
    .find((word) => !prefixes.has(word) && !/^\w+=/.test(word));
}
