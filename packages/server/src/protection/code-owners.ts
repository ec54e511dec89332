import ignore from 'ignore';

/** Where the file may be; the first that is there counts. */
export const codeOwnersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** A line of the file. */
export interface CodeOwnersRule {
  pattern: string;
  /** `@name`, `@organisation/team` or an address; none: nobody owns what matches. */
  owners: readonly string[];
  matches(path: string): boolean;
}

/**
 * Reads a CODEOWNERS file. A line that GitHub would not take is left out, as there.
 * @see https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners#codeowners-syntax
 */
export function readCodeOwners(content: string): CodeOwnersRule[] {
  return content.split(/\r?\n/).flatMap((line) => {
    const [pattern, ...owners] = line.replace(/(?:^|\s)#.*$/, '').match(/(?:\\.|\S)+/g) ?? [];
    // Patterns are those of .gitignore but for these.
    if (pattern === undefined || pattern.startsWith('!') || pattern.includes('[')) return [];
    return [{ pattern, owners, matches: matcherOf(pattern) }];
  });
}

/** Who owns a file: of the lines that match the last one says. */
export function ownersOf(rules: readonly CodeOwnersRule[], path: string): readonly string[] {
  return rules.findLast(({ matches }) => matches(path))?.owners ?? [];
}

function matcherOf(pattern: string): (path: string) => boolean {
  const all = ignore({ ignorecase: false }).add(pattern);
  if (!/[^*]\/\*$/.test(pattern)) return (path) => all.ignores(path);
  // Other than in .gitignore, `docs/*` is what is in the folder and not what is below that.
  const below = ignore({ ignorecase: false }).add(`${pattern}/`);
  return (path) => all.ignores(path) && !below.ignores(path);
}
