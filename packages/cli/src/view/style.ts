import type { Conclusion } from '@slipway/contracts';

/** Colours and marks of everything that is printed for people; without colour all of them give the text back. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  conclusion(conclusion: Conclusion, text: string): string;
  mark(conclusion: Conclusion): string;
}

export const plainStyle: Style = {
  bold: (text) => text,
  dim: (text) => text,
  conclusion: (_, text) => text,
  mark: (conclusion) => marks[conclusion],
};

export const colourStyle: Style = {
  bold: (text) => `\x1b[1m${text}\x1b[22m`,
  dim: (text) => `\x1b[2m${text}\x1b[22m`,
  conclusion: (conclusion, text) => `${colours[conclusion]}${text}\x1b[39m`,
  mark: (conclusion) => colourStyle.conclusion(conclusion, marks[conclusion]),
};

/**
 * NO_COLOR and FORCE_COLOR decide, then the terminal.
 * @see https://no-color.org and https://force-color.org
 */
export function chooseStyle(environment: NodeJS.ProcessEnv, isTerminal: boolean): Style {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return plainStyle;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return colourStyle;
  return isTerminal && FORCE_COLOR !== '0' && TERM !== 'dumb' ? colourStyle : plainStyle;
}

const marks: Record<Conclusion, string> = { success: '✓', failure: '✗', cancelled: '■', skipped: '-' };

const colours: Record<Conclusion, string> = {
  success: '\x1b[32m',
  failure: '\x1b[31m',
  cancelled: '\x1b[33m',
  skipped: '\x1b[90m',
};
