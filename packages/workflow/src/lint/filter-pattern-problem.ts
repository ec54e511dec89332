/** What is wrong with a filter's pattern, and where in it. */
export interface PatternProblem {
  offset: number;
  message: string;
}

/** What the pattern's names are: branches and tags, paths, or something without rules. */
export type PatternKind = 'ref' | 'path' | 'name';

/**
 * Why a pattern of `branches`, `tags` or `paths` can match nothing, or not what its author meant.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 */
export function patternProblem(pattern: string, kind: PatternKind): PatternProblem | undefined {
  const start = pattern.startsWith('!') ? 1 : 0;
  if (pattern.length === start) return { offset: 0, message: 'The pattern is empty' };
  const problem = syntaxProblem(pattern, start);
  if (problem || kind === 'name') return problem;
  return kind === 'ref' ? refProblem(pattern, start) : pathProblem(pattern, start);
}

function syntaxProblem(pattern: string, start: number): PatternProblem | undefined {
  for (let i = start; i < pattern.length; i++) {
    const character = pattern[i] ?? '';
    if (character === '\\') i++;
    else if (character === '[') {
      const end = pattern.indexOf(']', i + 1);
      if (end < 0) return { offset: i, message: '`[` is not closed' };
      const problem = rangeProblem(pattern.slice(i + 1, end));
      if (problem) return { offset: i, message: problem };
      i = end;
    } else if (
      (character === '?' || character === '+') &&
      (i === start || '*?+'.includes(pattern[i - 1] ?? ''))
    ) {
      return { offset: i, message: `\`${character}\` repeats the character before it, and there is none` };
    }
  }
  return undefined;
}

function rangeProblem(list: string): string | undefined {
  if (list === '') return '`[]` matches nothing';
  const reversed = [...list.matchAll(/(.)-(.)/g)].find(([, from = '', to = '']) => from > to);
  if (reversed) return `The range \`${reversed[0]}\` runs backwards`;
  return list.length === 1 ? `\`[${list}]\` is the same as \`${list}\`` : undefined;
}

/** @see git-check-ref-format(1) */
function refProblem(pattern: string, start: number): PatternProblem | undefined {
  const forbidden = /[\s~^:\x00-\x1f\x7f]|\\(?![[\]?+*\\!])/.exec(pattern.slice(start));
  if (forbidden) {
    return {
      offset: start + forbidden.index,
      message: `\`${forbidden[0]}\` cannot be in the name of a branch or tag`,
    };
  }
  if (pattern[start] === '/')
    return { offset: start, message: 'The name of a branch or tag does not begin with `/`' };
  if (/[/.]$/.test(pattern)) {
    return {
      offset: pattern.length - 1,
      message: 'The name of a branch or tag does not end with `/` or `.`',
    };
  }
  const twice = /\.\.|\/\//.exec(pattern);
  return twice
    ? { offset: twice.index, message: `\`${twice[0]}\` cannot be in the name of a branch or tag` }
    : undefined;
}

function pathProblem(pattern: string, start: number): PatternProblem | undefined {
  if (/^\s|\s$/.test(pattern.slice(start)))
    return { offset: 0, message: 'White space around a path is part of it' };
  const path = pattern.slice(start);
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) {
    return {
      offset: start,
      message: 'Paths have no `.` and `..`: they are given from the root of the repository',
    };
  }
  return path.startsWith('/') ? { offset: start, message: 'Paths do not begin with `/`' } : undefined;
}
