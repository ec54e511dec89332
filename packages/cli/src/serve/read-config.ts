import type { Mistake, TypedArguments } from '../command-line/command.ts';
import { type ConfigFile, readConfigFile, settingMistake } from './config-file.ts';
import { type ServeConfig, type ServeSetting, serveConfigSchema, settingVariables } from './config-schema.ts';

/** Flags by setting. */
export const settingFlags: Partial<Record<ServeSetting, string>> = {
  data: 'data',
  listen: 'listen',
  url: 'url',
  database: 'database',
  runners: 'runners',
  labels: 'labels',
  secretKeyFile: 'secret-key-file',
  drainSeconds: 'drain-seconds',
  logLevel: 'log-level',
};

/** Flags over environment over file over defaults; every mistake is said with the place that it came from. */
export function readServeConfig(
  typed: TypedArguments,
  environment: NodeJS.ProcessEnv,
): { config: ServeConfig | null; mistakes: Mistake[] } {
  const path = typed.values.get('config')?.[0] ?? environment.SLIPWAY_CONFIG;
  const { file, mistakes } = path === undefined ? { file: null, mistakes: [] } : readConfigFile(path);
  if (mistakes.length > 0) return { config: null, mistakes };
  const sources = Object.keys(serveConfigSchema.shape).map((setting) =>
    sourceOf(setting as ServeSetting, { typed, environment, file }),
  );
  const given = sources.filter((source) => source !== null);
  const values = Object.fromEntries(given.map(({ setting, value }) => [setting, value]));
  const read = serveConfigSchema.safeParse(values);
  if (read.success) return { config: read.data, mistakes: [] };
  const places = new Map(given.map(({ setting, place }) => [setting as string, place]));
  return {
    config: null,
    mistakes: read.error.issues.map((issue) =>
      issue.path[0] === 'data' && !places.has('data')
        ? { message: 'there is no folder for the data', mend: 'Name one with --data DIR.' }
        : settingMistake(issue, (setting) => places.get(setting) ?? setting),
    ),
  };
}

interface Sources {
  typed: TypedArguments;
  environment: NodeJS.ProcessEnv;
  file: ConfigFile | null;
}

interface GivenSetting {
  setting: ServeSetting;
  value: unknown;
  place: string;
}

function sourceOf(setting: ServeSetting, { typed, environment, file }: Sources): GivenSetting | null {
  const flag = settingFlags[setting];
  const flagged = flag === undefined ? undefined : typed.values.get(flag)?.[0];
  if (flagged !== undefined) return { setting, value: settingValue(setting, flagged), place: `--${flag}` };
  const variable = settingVariables[setting];
  const set = environment[variable];
  if (set !== undefined && set !== '') return { setting, value: settingValue(setting, set), place: variable };
  if (file === null || !Object.hasOwn(file.values, setting)) return null;
  return { setting, value: file.values[setting], place: file.placeOf(setting) };
}

/** Where there is only text, lists are written with commas and grants as JSON. */
function settingValue(setting: ServeSetting, text: string): unknown {
  if (setting === 'oidcGrants') return jsonOf(text);
  if (setting !== 'labels' && setting !== 'privateHosts') return text;
  return text
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');
}

/** What is no JSON stays text, which the schema refuses. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
