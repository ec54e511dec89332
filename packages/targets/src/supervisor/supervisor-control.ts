import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ControlAnswer, ControlRequest } from '../daemon/control-server.ts';
import { companion } from './companions.ts';
import { oneOffSpec } from './one-off-spec.ts';
import type { Supervisor } from './supervisor.ts';
import { unitSpec } from './unit-spec.ts';

/**
 * What a supervisor is asked over its socket:
 *
 * | request | does |
 * |---|---|
 * | GET /alive | tells its process number |
 * | GET /units | tells how they stand |
 * | PUT /units | runs a unit |
 * | DELETE /units/ID | ends it; answers when it has ended |
 * | PUT /one-offs | begins one, or finds it; 409 while another one of its group runs |
 * | GET /one-offs?prefix=P | their tokens |
 * | GET, DELETE /one-offs/TOKEN | tells how it stands; ends it, also before it has begun |
 * | PUT /companions | keeps a daemon beside it running |
 * | GET /logs/unit/ID, /logs/one-off/TOKEN | the end of what it printed |
 * | POST /end | ends everything |
 */
export function supervisorControl(supervisor: Supervisor, end: () => void) {
  return async ({ method, path, body, query }: ControlRequest): Promise<ControlAnswer> => {
    const [room, id, name] = path;
    switch (`${method} /${room}`) {
      case 'GET /alive':
        return ok(process.pid);
      case 'GET /units':
        return ok(supervisor.units());
      case 'PUT /units':
        supervisor.ensureUnit(unitSpec.parse(body));
        return ok(true);
      case 'DELETE /units':
        await supervisor.removeUnit(id ?? '');
        return ok(true);
      case 'PUT /one-offs': {
        const spec = oneOffSpec.parse(body);
        const begun = supervisor.beginOneOff(spec);
        if (begun.kind === 'known') return ok(begun.state);
        return {
          status: 409,
          body: { message: `${begun.token} runs, and only one ${spec.group} at a time` },
        };
      }
      case 'GET /one-offs':
        return id === undefined
          ? ok(supervisor.oneOffsOf(query.get('prefix') ?? ''))
          : found(supervisor.oneOff(id));
      case 'DELETE /one-offs':
        return ok(await supervisor.stopOneOff(id ?? '', query.get('reason') ?? 'it was stopped'));
      case 'PUT /companions':
        supervisor.keepCompanion(companion.parse(body));
        return ok(true);
      case 'GET /logs':
        return found(endOf(supervisor.logFile(id === 'unit' ? 'unit' : 'one-off', name ?? '')));
      case 'POST /end':
        end();
        return ok(true);
      default:
        return { status: 404, body: { message: `${method} /${path.join('/')} is unknown` } };
    }
  };
}

const ok = (body: unknown): ControlAnswer => ({ status: 200, body });

function found(body: unknown): ControlAnswer {
  return body === null ? { status: 404, body: { message: 'it is unknown' } } : ok(body);
}

const shownBytes = 64 * 1024;

function endOf(file: string): string | null {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return null;
  }
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, shownBytes));
    const read = readSync(fd, bytes, 0, bytes.length, Math.max(0, size - shownBytes));
    return bytes.toString('utf8', 0, read);
  } finally {
    closeSync(fd);
  }
}
