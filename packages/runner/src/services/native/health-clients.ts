import { chmodSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The programs that a health command calls, which in the container would find their server without being told where it is. */
export interface HealthClients {
  /** The port in the container: a command may name it. */
  containerPort: number;
  /** The port here. */
  port: number;
  /** The service's id, which is its host name among containers. */
  hostName: string;
  env: Record<string, string>;
  programs: HealthClient[];
}

interface HealthClient {
  /** As health commands call it. */
  name: string;
  /** Absolute path and arguments that come before the command's own. */
  command: string[];
  /** The options that take a port or a host. */
  portFlags: string[];
  hostFlags: string[];
  /** The command's own arguments mean nothing to the program that stands in. */
  ignoreArguments?: boolean;
}

/**
 * Writes one small script for each client into a folder that comes first on a health command's PATH. It puts the real
 * port in the place of the container's and the loopback in the place of the service's name, wherever a command says these.
 */
export async function writeHealthClients(directory: string, clients: HealthClients): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const program of clients.programs) {
    const file = join(directory, program.name);
    await writeFile(file, clientScript(program, clients));
    chmodSync(file, 0o755);
  }
}

function clientScript(program: HealthClient, { containerPort, port, hostName }: HealthClients): string {
  const command = program.command.map(quote).join(' ');
  if (program.ignoreArguments) return `#!/bin/sh\nexec ${command}\n`;
  const joinedPorts = program.portFlags.map((flag) => quote(joined(flag, String(containerPort))));
  const joinedHosts = program.hostFlags.map((flag) => quote(joined(flag, hostName)));
  return `#!/bin/sh
previous=
for word do
  shift
  case $word in
    ${joinedPorts.join(' | ')}) word=\${word%${containerPort}}${port} ;;
    ${joinedHosts.join(' | ')}) word=\${word%${quote(hostName)}}127.0.0.1 ;;
    *://*:${containerPort} | *://*:${containerPort}/*) word=\${word%%:${containerPort}*}:${port}\${word#*:${containerPort}} ;;
    ${containerPort}) case $previous in ${program.portFlags.map(quote).join(' | ')}) word=${port} ;; esac ;;
    ${quote(hostName)}) case $previous in ${program.hostFlags.map(quote).join(' | ')}) word=127.0.0.1 ;; esac ;;
  esac
  previous=$word
  set -- "$@" "$word"
done
exec ${command} "$@"
`;
}

/** `-p5432`, `--port=5432`. */
function joined(flag: string, value: string): string {
  return flag.startsWith('--') ? `${flag}=${value}` : `${flag}${value}`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
