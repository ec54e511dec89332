/**
 * Labels of GitHub's own runners.
 * @see https://docs.github.com/en/actions/reference/runners/github-hosted-runners and actions/runner-images
 */
const hosted = [
  'ubuntu-latest',
  'ubuntu-slim',
  'ubuntu-26.04',
  'ubuntu-24.04',
  'ubuntu-22.04',
  'ubuntu-26.04-arm',
  'ubuntu-24.04-arm',
  'ubuntu-22.04-arm',
  'windows-latest',
  'windows-2025',
  'windows-2025-vs2026',
  'windows-2022',
  'windows-11-arm',
  'macos-latest',
  'macos-26',
  'macos-15',
  'macos-14',
  ...['latest', '26', '15', '14'].flatMap((version) => [`macos-${version}-large`, `macos-${version}-xlarge`]),
  'macos-26-intel',
  'macos-15-intel',
];

/** Labels that every runner of a team's own has. */
const own = ['self-hosted', 'linux', 'windows', 'macos', 'x64', 'x86', 'arm', 'arm64'];

export const knownLabels: readonly string[] = [...hosted, ...own];

/** The system that a label asks for; undefined if it may be any. */
export function systemOf(label: string): 'linux' | 'windows' | 'macos' | undefined {
  const name = label.toLowerCase();
  if (name === 'linux' || name.startsWith('ubuntu-')) return 'linux';
  if (name === 'windows' || name.startsWith('windows-')) return 'windows';
  return name === 'macos' || name.startsWith('macos-') ? 'macos' : undefined;
}

/** Retired images and the larger runners that are named after an image: `ubuntu-20.04`, `ubuntu-latest-16-cores`. */
const afterImage = /^(?:ubuntu|windows|macos)-(?:latest|slim|\d[\w.]*)(?:-|$)/;

/** Whether a label is one of GitHub's, past or present, or one that all runners of a kind have. */
export function isKnownLabel(label: string): boolean {
  const name = label.toLowerCase();
  return knownLabels.includes(name) || afterImage.test(name);
}
