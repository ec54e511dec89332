import { legAt } from '../draft.ts';
import type { RunMachineEvent } from '../run-machine-event.ts';
import type { NodeIndex, RunNode, RunState } from '../run-state.ts';
import { announceAll, apply, type World } from './world.ts';

/** What the world does to runs. */

/** Some running job ends. One that was told to stop mostly obeys. */
export function finishLeg(world: World): void {
  const { random } = world;
  const { run, leg } = takeRunning(world, random.int(world.running.length));
  const { state } = legAt(world.states[run] as RunState, leg);
  const conclusion =
    state.kind === 'cancelling'
      ? random.pick(['cancelled', 'cancelled', 'cancelled', 'success', 'failure'] as const)
      : random.pick(['success', 'success', 'success', 'success', 'failure', 'failure', 'cancelled'] as const);
  const outputs: Record<string, string> = {};
  if (random.chance(0.7)) outputs.v = random.pick(['a', 'b', '']);
  if (random.chance(0.7)) outputs.m = random.pick(['[1,2]', '[7]', '[]', 'no list']);
  apply(world, run, { kind: 'leg.finished', leg, conclusion, outputs });
}

/** Someone cancels a run or a single leg, gently or by force. */
export function cancelSomething(world: World): void {
  const { random } = world;
  const run = random.int(world.states.length);
  const { nodes } = world.states[run] as RunState;
  const index = random.int(nodes.length);
  const force = random.chance(0.25);
  const reason = 'cancelled';
  const isLeg = nodes[index]?.kind === 'leg' && random.chance(0.7);
  apply(
    world,
    run,
    isLeg ? { kind: 'leg.cancelled', leg: index, reason, force } : { kind: 'run.cancelled', reason, force },
  );
}

/** A message that comes twice, late, or for a node that is elsewhere: it must change nothing. */
export function sendGarbage(world: World): void {
  const { random } = world;
  const run = random.int(world.states.length);
  const before = world.states[run] as RunState;
  const index = random.int(before.nodes.length);
  const node = before.nodes[index];
  const garbage = node ? garbageFor(node, index) : [];
  if (garbage.length === 0) return;
  const event = random.pick(garbage);
  apply(world, run, event);
  if (world.states[run] !== before)
    throw new Error(`${event.kind} changed node ${index}, which is ${node?.state.kind}.`);
}

/** What does not fit the node's state. */
function garbageFor({ kind, state }: RunNode, index: NodeIndex): RunMachineEvent[] {
  switch (kind) {
    case 'scope':
      return state.kind === 'open' || state.kind === 'concluded'
        ? [
            { kind: 'call.closed', scope: index, outputs: { v: 'garbage' } },
            ...(index === 0 ? [{ kind: 'run.admitted' } as const] : []),
          ]
        : [];
    case 'job':
      return state.kind === 'opening'
        ? []
        : [{ kind: 'job.opened', job: index, opening: { kind: 'skipped', reason: 'garbage' } }];
    case 'leg':
      return ['concluded', 'queued', 'calling'].includes(state.kind)
        ? [
            { kind: 'leg.started', leg: index },
            { kind: 'leg.admitted', leg: index },
            { kind: 'leg.finished', leg: index, conclusion: 'failure', outputs: { v: 'garbage' } },
            { kind: 'leg.lost', leg: index, reason: 'garbage' },
            { kind: 'leg.returned', leg: index },
            { kind: 'leg.refused', leg: index, reason: 'garbage' },
          ]
        : [];
    default:
      return kind satisfies never;
  }
}

/** The controller dies: what was written is all that is left; some runners are lost, some never began. */
export function crash(world: World): void {
  const { random } = world;
  world.states = JSON.parse(JSON.stringify(world.states));
  world.plan = JSON.parse(JSON.stringify(world.plan));
  world.groups = JSON.parse(JSON.stringify(world.groups));
  announceAll(world);
  for (let i = world.running.length - 1; i >= 0; i--) {
    if (random.chance(0.6)) continue;
    const { run, leg } = takeRunning(world, i);
    if (random.chance(0.7)) apply(world, run, { kind: 'leg.lost', leg, reason: 'its runner was lost' });
    else apply(world, run, { kind: 'leg.returned', leg });
  }
}

function takeRunning(world: World, index: number): World['running'][number] {
  const taken = world.running[index] as World['running'][number];
  world.running.splice(index, 1);
  return taken;
}
