/** Patterns of GitHub's environments: `*` is anything but `/`, `**` is anything, `?` one character but `/`. */
export function matchesRef(pattern: string, name: string): boolean {
  const source = pattern.replaceAll(/\*\*|\*|\?|[\\^$.|+()[\]{}]/g, (part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `\\${part}`;
  });
  return new RegExp(`^${source}$`).test(name);
}
