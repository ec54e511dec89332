import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

/** What the actions beside this file share of GitHub's workflow commands. They need Node 20 and nothing else. */

/**
 * An input as the step's `env` hands it on; '' if it is not set.
 * @param {string} name
 */
export function input(name) {
  return (process.env[name] ?? '').trim();
}

/**
 * An input that is a number from 0 on; ends the step if it is none.
 * @param {string} title of the error
 * @param {string} name
 */
export function numberInput(title, name) {
  const value = Number(input(name));
  if (input(name) === '' || !(value >= 0))
    fail(title, `${name.toLowerCase().replaceAll('_', '-')} is '${input(name)}', which is no number.`);
  return value;
}

/**
 * JSON of somebody else's; ends the step if it is none.
 * @param {string} title of the error
 * @param {string} text
 */
export function parseJson(title, text) {
  try {
    return JSON.parse(text);
  } catch {
    return fail(title, `This is no JSON: ${text.slice(0, 200)}`);
  }
}

/**
 * @param {string} name
 * @param {string | number} value
 */
export function setOutput(name, value) {
  const end = `end-${randomUUID()}`;
  append('GITHUB_OUTPUT', `${name}<<${end}\n${value}\n${end}\n`);
}

/** @param {string} markdown */
export function summarize(markdown) {
  append('GITHUB_STEP_SUMMARY', `${markdown}\n`);
}

/**
 * An annotation of the run.
 * @param {'error' | 'warning' | 'notice'} level
 * @param {string} title
 * @param {string} message
 */
export function annotate(level, title, message) {
  const text = message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  process.stdout.write(`::${level} title=${title}::${text}\n`);
}

/**
 * Ends the step.
 * @param {string} title
 * @param {string} message
 * @returns {never}
 */
export function fail(title, message) {
  annotate('error', title, message);
  process.exit(1);
}

/**
 * @param {string} variable
 * @param {string} text
 */
function append(variable, text) {
  const file = process.env[variable];
  if (file) appendFileSync(file, text);
}
