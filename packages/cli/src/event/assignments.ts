import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Mistake } from '../command-line/command.ts';

export interface AssignmentSource {
  /** As typed: `NAME=VALUE`, and `NAME` alone where `environment` is given. */
  typed: readonly string[];
  /** The option, for messages; absent: they are arguments. */
  option?: string;
  /** Files of lines `NAME=VALUE`; what is typed wins over them. */
  files: readonly string[];
  fileOption: string;
  /** Answers for names without a value; absent: a value is needed. */
  environment?: NodeJS.ProcessEnv;
}

/** Reads names and values from the command line and from files in dotenv's format. */
export function readAssignments(source: AssignmentSource): {
  values: Record<string, string>;
  mistakes: Mistake[];
} {
  const mistakes: Mistake[] = [];
  const values: Record<string, string> = {};
  for (const file of source.files) {
    const read = readFile(file, source.fileOption);
    if ('message' in read) mistakes.push(read);
    else Object.assign(values, read.values);
  }
  for (const one of source.typed) {
    const equals = one.indexOf('=');
    const name = equals === -1 ? one : one.slice(0, equals);
    const value = equals === -1 ? source.environment?.[name] : one.slice(equals + 1);
    if (/^[A-Za-z_][\w-]*$/.test(name) && value !== undefined) values[name] = value;
    else mistakes.push(assignmentMistake(source, name));
  }
  return { values, mistakes };
}

/** Never repeats what stands after the `=`: it may be secret. */
function assignmentMistake({ option, environment }: AssignmentSource, name: string): Mistake {
  const typed = (text: string) => (option === undefined ? text : `--${option} ${text}`);
  if (!/^[A-Za-z_][\w-]*$/.test(name)) {
    const message = option === undefined ? `'${name}' is no name` : `--${option}: '${name}' is no name`;
    return { message, mend: `Write ${typed('NAME=VALUE')}.` };
  }
  return environment === undefined
    ? { message: `${typed(name)} has no value`, mend: `Write ${typed(`${name}=VALUE`)}.` }
    : {
        message: `${typed(name)}: the environment has no variable ${name}`,
        mend: `Set it, or write ${typed(`${name}=VALUE`)}.`,
      };
}

function readFile(path: string, option: string): { values: NodeJS.Dict<string> } | Mistake {
  try {
    return { values: parseEnv(readFileSync(path, 'utf8')) };
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return { message: `--${option}: ${because}`, mend: 'Name a readable file of lines NAME=VALUE.' };
  }
}
