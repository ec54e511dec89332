import type { LintScript } from '@slipway/workflow/lint';

/** A script as shellcheck can read it. */
export interface CheckableScript {
  dialect: 'bash' | 'sh';
  text: string;
  /** Lines that were put before the script's own. */
  addedLines: number;
  /** One-based lines of the script that have expressions: what is said of constants there is not true. */
  expressionLines: ReadonlySet<number>;
}

/**
 * `${{ … }}` becomes a word of the same length, so that places stay; the options that the runner gives the shell are set
 * in a line before. Null if no shell that shellcheck knows reads it.
 */
export function checkableScript({ posix, text }: LintScript): CheckableScript | null {
  if (posix === undefined) return null;
  const expressionLines = new Set<number>();
  const plain = text.replace(/\$\{\{.*?\}\}/gs, (expression, offset: number) => {
    const first = text.slice(0, offset).split('\n').length;
    for (let line = 0; line < expression.split('\n').length; line += 1) expressionLines.add(first + line);
    return expression.replace(/[^\n]/g, '_');
  });
  const setup = posix.options === '' ? '' : `set ${posix.options}\n`;
  return {
    dialect: posix.dialect,
    text: `${setup}${plain}`,
    addedLines: setup === '' ? 0 : 1,
    expressionLines,
  };
}

/** One comment of shellcheck, as its JSON has it. */
export interface ShellcheckComment {
  file: string;
  line: number;
  column: number;
  level: 'error' | 'warning' | 'info' | 'style';
  code: number;
  message: string;
}

/** What they say of constants is true of the word that stands for an expression, not of the expression. */
const ofConstants = new Set([
  2016, 2041, 2043, 2050, 2072, 2078, 2157, 2158, 2160, 2161, 2170, 2193, 2194, 2195, 2249,
]);

/** Files and variables that only the running job has. */
const ofSurroundings = new Set([1090, 1091, 2148, 2153, 2154]);

/** The runner's own variables hold paths without spaces, and values that it made. */
const ownVariables = /\$\{?(?:GITHUB|RUNNER)_[A-Z_]+\}?/;

/** Whether a comment says something about the script as the runner will run it. Style is left to its author. */
export function isMeant(comment: ShellcheckComment, script: CheckableScript): boolean {
  const { code, level, line } = comment;
  if (level === 'style' || ofSurroundings.has(code)) return false;
  const own = line - script.addedLines;
  if (own < 1 || (ofConstants.has(code) && script.expressionLines.has(own))) return false;
  if (code !== 2086) return true;
  const at = script.text.split('\n')[line - 1]?.slice(comment.column - 1) ?? '';
  return ownVariables.exec(at)?.index !== 0;
}
