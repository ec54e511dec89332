import type { TypedArguments } from '../command-line/command.ts';
import { exitStatus } from '../command-line/exit-status.ts';
import { refuse } from '../command-line/refusal.ts';
import { printOut } from '../view/print.ts';
import type { DeploymentWord } from './delivery-desk.ts';
import { deskNote, deskOptions, withDesk } from './open-desk.ts';

/** What the commands that say one word to a rollout have in common. */
export const wordArgument = {
  name: 'DEPLOYMENT',
  repeatable: false,
  help: 'its number, as slipway deployments shows it',
};

export const wordOptions = deskOptions;
export const reasonOption = { name: 'reason', value: 'TEXT', help: 'why; it is kept and shown' };
export const wordNote = deskNote;

export async function sayToDeployment(typed: TypedArguments, word: DeploymentWord): Promise<number> {
  const [text] = typed.arguments;
  if (text === undefined || !/^[1-9]\d{0,8}$/.test(text)) {
    const message = text === undefined ? 'there is no deployment' : `'${text}' is no number of a deployment`;
    return refuse([{ message, mend: "Name one that 'slipway deployments' shows." }]);
  }
  return withDesk(typed, async (desk) => {
    const after = await desk.say(Number(text), word, typed.values.get('reason')?.[0]);
    if (typed.switches.has('json')) printOut(`${JSON.stringify(after)}\n`);
    else
      printOut(
        `Deployment ${after.id} is ${after.state}${after.step === null ? '' : `, ${after.step.text}`}.\n`,
      );
    return exitStatus.success;
  });
}
