import { ErrorType, ExpressionError } from '@actions/expressions/errors';
import type { Position } from '../../model/diagnostic.ts';
import { nearestName } from '../../model/nearest-name.ts';
import type { Finding } from '../findings.ts';
import { pathOf, placeAt } from './definition-paths.ts';
import type { ReadDocument, RefusalCase } from './explain-refusal.ts';
import { placeWords } from './place-words.ts';

/** Explains refusals of `${{ }}`. */
export function explainExpression(one: RefusalCase): Finding | undefined {
  const { text, at, refused, document, path } = one;
  if (text === 'A template expression is not allowed in this context') {
    return {
      at,
      code: 'expression-not-allowed',
      message: `Expressions are not evaluated in ${placeWords(path, document.file)}.`,
      mend: 'Write the value itself.',
    };
  }
  if (text.startsWith('The expression is not closed.')) {
    return syntax(at, 'The expression that begins with `${{` is not closed.', 'Add `}}` at its end.');
  }
  if (text === 'An expression was expected') {
    return syntax(
      at,
      'There is no expression between `${{` and `}}`.',
      'Write an expression, or remove `${{ }}`.',
    );
  }
  if (/directive/.test(text)) {
    return syntax(at, text, 'Write `${{ insert }}` alone, as the key of a mapping.');
  }
  if (typeof refused.cause === 'string') return undefined;
  const isLexical = text.startsWith('Unexpected symbol:') || text === 'ErrorExceededMaxLength';
  if (!(refused.cause instanceof ExpressionError) && !isLexical) return undefined;
  const allowed = placeAt(
    document.schema,
    document.root,
    pathOf(document.events, refused.event),
  ).allowedContext;
  const origin = document.locate(refused.event, refused.offset + leadOf(document, refused));
  return describeExpressionError(refused.cause, origin, allowed);
}

/** `offset` is that of `${{`; the parser counts from the first character after the white space that follows it. */
function leadOf(document: ReadDocument, { event, offset }: { event: number; offset: number }): number {
  const value = document.events[event];
  if (value?.kind !== 'scalar' && value?.kind !== 'key') return 0;
  return /^\$\{\{\s*/.exec(String(value.value).slice(offset))?.[0].length ?? 0;
}

/** @param origin where the expression's first character is; `cause` is what GitHub's lexer or parser threw. */
export function describeExpressionError(cause: Error, origin: Position, allowed: Set<string>): Finding {
  if (!(cause instanceof ExpressionError)) return describeLexicalError(cause, origin);
  const { typ, tok, pos } = cause as unknown as ParserFault;
  const at = { line: origin.line, column: origin.column + (pos.line === 0 ? pos.column : 0) };
  const name = tok.lexeme;
  switch (typ) {
    case ErrorType.ErrorUnrecognizedNamedValue:
    case ErrorType.ErrorUnrecognizedContext:
      return unknownContext(at, name, contextNames(allowed));
    case ErrorType.ErrorUnrecognizedFunction:
      return unknownFunction(at, name, functionNames(allowed));
    case ErrorType.ErrorTooFewParameters:
    case ErrorType.ErrorTooManyParameters:
    case ErrorType.ErrorEvenParameters:
      return {
        at,
        code: 'wrong-argument-count',
        message: `${cause.message.split(':')[0]}: \`${name}\`.`,
        mend: "Compare with the function's signature.",
      };
    case ErrorType.ErrorUnexpectedEndOfExpression:
      return syntax(at, 'The expression ends too early.', 'Complete it; close its parentheses and brackets.');
    case ErrorType.ErrorUnexpectedSymbol:
      return name === ''
        ? syntax(at, 'The expression ends too early.', 'Complete it; close its parentheses and brackets.')
        : syntax(
            at,
            `\`${name}\` is not expected here in the expression.`,
            'Check operators, commas and parentheses before it.',
          );
    default:
      return syntax(at, `${cause.message}.`, 'Split the expression.');
  }
}

/** What GitHub's class holds; it declares the fields private. */
interface ParserFault {
  typ: ErrorType;
  tok: { lexeme: string };
  pos: { line: number; column: number };
}

function describeLexicalError(cause: Error, origin: Position): Finding {
  if (cause.message === 'ErrorExceededMaxLength') return tooLong(origin);
  const [, symbol = '', position = '1'] =
    /^Unexpected symbol: '([\s\S]*)'\. Located at position (\d+)/.exec(cause.message) ?? [];
  const at = { line: origin.line, column: origin.column + Number(position) - 1 };
  if (symbol.startsWith("'"))
    return syntax(at, 'The string in the expression is not closed.', "Add the closing `'`.");
  const mend = symbol.includes('"')
    ? "Strings in expressions are written with single quotes: `'text'`."
    : 'Put single quotes around a string; names have letters, digits, `-` and `_` only.';
  return syntax(at, `\`${symbol}\` is not valid in an expression.`, mend);
}

export function tooLong(at: Position): Finding {
  return {
    at,
    code: 'expression-too-long',
    message: 'The text with its expressions is longer than 21,000 characters, which GitHub refuses.',
    mend: 'Pass the values through `env:` and keep expressions out of the text, or move it into a file.',
  };
}

function syntax(at: Position, message: string, mend: string): Finding {
  return { at, code: 'expression-syntax', message, mend };
}

function unknownContext(at: Position, name: string, available: string[]): Finding {
  if (available.length === 0) {
    return {
      at,
      code: 'expression-not-allowed',
      message: 'Expressions are not evaluated here.',
      mend: 'Write the value itself.',
    };
  }
  const guess = nearestName(name, available);
  const list = `Available here: ${available.join(', ')}.`;
  return {
    at,
    code: 'unknown-context',
    message: `The context \`${name}\` is not available here.`,
    mend: guess === undefined ? list : `Did you mean \`${guess}\`? ${list}`,
  };
}

function unknownFunction(at: Position, name: string, available: string[]): Finding {
  const guess = nearestName(name, available);
  return {
    at,
    code: 'unknown-function',
    message: `The function \`${name}\` is not available here.`,
    mend: guess === undefined ? `Available here: ${available.join(', ')}.` : `Did you mean \`${guess}\`?`,
  };
}

function contextNames(allowed: Set<string>): string[] {
  return [...allowed].filter((item) => !item.includes('(')).sort();
}

const builtIn = ['case', 'contains', 'endsWith', 'format', 'fromJSON', 'join', 'startsWith', 'toJSON'];

function functionNames(allowed: Set<string>): string[] {
  const given = [...allowed]
    .filter((item) => item.includes('('))
    .map((item) => item.slice(0, item.indexOf('(')));
  return [...builtIn, ...given].sort();
}
