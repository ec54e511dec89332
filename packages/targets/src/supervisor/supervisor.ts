import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readJson, writeDurably } from '../daemon/durable-file.ts';
import { type Companion, watchCompanions } from './companions.ts';
import { findFreePort } from './free-port.ts';
import { endBeforeBegin, type OneOff, runOneOff } from './one-off.ts';
import { type OneOffSpec, type OneOffState, oneOffSpec } from './one-off-spec.ts';
import { runUnit, type Unit } from './unit.ts';
import { type UnitSpec, type UnitState, unitSpec } from './unit-spec.ts';

/** Keeps units running and runs one-offs; what it was told is on disk before it is done. */
export interface Supervisor {
  /** Runs it from now on; does nothing if it does already. */
  ensureUnit(spec: UnitSpec): void;
  /** Ends it and forgets it. */
  removeUnit(id: string): Promise<void>;
  units(): UnitState[];
  /** Begins it, or finds the one with its token. */
  beginOneOff(spec: OneOffSpec): { kind: 'known'; state: OneOffState } | { kind: 'busy'; token: string };
  oneOff(token: string): OneOffState | null;
  /** Tokens that begin with the prefix, in the order of their names. */
  oneOffsOf(prefix: string): string[];
  /** One that has not begun never will. */
  stopOneOff(token: string, reason: string): Promise<OneOffState>;
  /** Keeps a daemon beside it running. */
  keepCompanion(companion: Companion): void;
  /** Of a unit or a one-off. */
  logFile(kind: 'unit' | 'one-off', id: string): string;
  /** Everything goes on, for the next supervisor. */
  leave(): void;
  /** Everything ends. */
  endAll(): Promise<void>;
}

/** Of those that have ended, with what they printed. */
const keptOneOffs = 200;

/** Takes up what an earlier supervisor has left in the folder. */
export function createSupervisor(directory: string): Supervisor {
  const place = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 12);
  const unitFolder = (id: string) => join(directory, 'units', id);
  const oneOffFolder = (token: string) => join(directory, 'one-offs', token.replaceAll('~', '+'));
  const units = new Map<string, Unit>();
  const oneOffs = new Map<string, OneOff>();
  const givenPorts = new Set<number>();
  const companions = watchCompanions(directory);

  const room = (id: string) => ({
    directory: unitFolder(id),
    mark: `${place}/${id}`,
    async findPort() {
      const port = await findFreePort(new Set([...givenPorts, ...portsOf(units)]));
      givenPorts.add(port);
      return port;
    },
  });
  const startOneOff = (spec: OneOffSpec): OneOff => {
    const folder = oneOffFolder(spec.token);
    const oneOff = runOneOff(spec, { directory: folder, mark: `${place}/${spec.token}` });
    oneOffs.set(spec.token, oneOff);
    // Its secrets are needed no more. Without room for that they stay, until it is forgotten altogether.
    void oneOff.ended
      .then(() => {
        if (oneOff.state().kind === 'ended') writeDurably(join(folder, 'spec.json'), { ...spec, env: {} });
      })
      .catch(() => undefined);
    return oneOff;
  };

  function forgetOldest(): void {
    const ended = [...oneOffs.values()].flatMap((one) => {
      const state = one.state();
      return state.kind === 'ended' ? [{ token: one.spec.token, atMs: state.atMs }] : [];
    });
    for (const { token } of ended.sort((a, b) => b.atMs - a.atMs).slice(keptOneOffs)) {
      oneOffs.delete(token);
      rmSync(oneOffFolder(token), { recursive: true, force: true });
    }
  }

  for (const file of specFiles(join(directory, 'units'))) {
    const spec = unitSpec.parse(readJson(file));
    units.set(spec.id, runUnit(spec, room(spec.id)));
  }
  for (const file of specFiles(join(directory, 'one-offs'))) startOneOff(oneOffSpec.parse(readJson(file)));

  return {
    ensureUnit(spec) {
      if (units.has(spec.id)) return;
      mkdirSync(unitFolder(spec.id), { recursive: true, mode: 0o700 });
      writeDurably(join(unitFolder(spec.id), 'spec.json'), spec);
      units.set(spec.id, runUnit(spec, room(spec.id)));
    },
    async removeUnit(id) {
      const unit = units.get(id);
      if (!unit) return;
      await unit.stop();
      units.delete(id);
      rmSync(unitFolder(id), { recursive: true, force: true });
    },
    units: () => [...units.values()].map((unit) => unit.state()),
    beginOneOff(spec) {
      const known = oneOffs.get(spec.token);
      if (known) return { kind: 'known', state: known.state() };
      const other = [...oneOffs.values()].find(
        (one) => spec.group !== null && one.spec.group === spec.group && one.state().kind === 'running',
      );
      if (other) return { kind: 'busy', token: other.spec.token };
      forgetOldest();
      writeDurably(join(oneOffFolder(spec.token), 'spec.json'), spec);
      return { kind: 'known', state: startOneOff(spec).state() };
    },
    oneOffsOf: (prefix) => [...oneOffs.keys()].filter((token) => token.startsWith(prefix)).sort(),
    oneOff: (token) => oneOffs.get(token)?.state() ?? null,
    async stopOneOff(token, reason) {
      const oneOff = oneOffs.get(token);
      if (!oneOff) return endBeforeBegin(oneOffFolder(token), reason);
      await oneOff.stop(reason);
      return oneOff.state();
    },
    keepCompanion: (companion) => companions.keep(companion),
    logFile: (kind, id) => join(kind === 'unit' ? unitFolder(id) : oneOffFolder(id), 'output.log'),
    leave() {
      companions.leave();
      for (const one of [...units.values(), ...oneOffs.values()]) one.leave();
    },
    async endAll() {
      companions.leave();
      const ends = [...oneOffs.values()].map((one) => one.stop('everything was ended'));
      await Promise.all([...ends, ...[...units.values()].map((unit) => unit.stop())]);
    },
  };
}

function portsOf(units: Map<string, Unit>): number[] {
  return [...units.values()].flatMap((unit) => unit.state().port ?? []);
}

function specFiles(folder: string): string[] {
  try {
    const names = readdirSync(folder);
    return names
      .map((name) => join(folder, name, 'spec.json'))
      .filter((file) => readJson(file) !== undefined);
  } catch {
    return [];
  }
}
