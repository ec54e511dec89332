/** Patterns of GitHub's environments: `*` is anything but `/`, `**` is anything, `?` one character but `/`. */
export function matchesRef(pattern: string, name: string): boolean {
  const source = pattern.replaceAll(/\*\*|\*|\?|[\\^$.|+()[\]{}]/g, (part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `\\${part}`;
  });
  return new RegExp(`^${source}$`).test(name);
}

/** Whether branches and tags of a protection admit a ref, `refs/heads/…` or `refs/tags/…`. */
export function admitsRef(
  { branches, tags }: { branches: readonly string[]; tags: readonly string[] },
  ref: string,
): boolean {
  if (branches.length + tags.length === 0) return true;
  const [, kind, name = ''] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  const patterns = kind === 'heads' ? branches : kind === 'tags' ? tags : [];
  return patterns.some((pattern) => matchesRef(pattern, name));
}
