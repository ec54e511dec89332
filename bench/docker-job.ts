import { prepareTestEngine, testImages } from '../tests/containers/test-engine.ts';
import { type Command, measureInTurn, medianMs } from './measure.ts';
import type { Row } from './row.ts';

const workflow = `on: push
jobs:
  one:
    runs-on: ubuntu-latest
    container: ${testImages.base}
    steps:
      - run: echo hello
`;

/**
 * A job of one step in a container, against the least that the engine's client can do; nothing where there is no engine. The engine needs
 * about as long again as for `docker run` to make and remove the job's network, and half of it to look around in the image and run the step.
 */
export const dockerJobRow: Row = {
  name: 'docker-job',
  async measure({ rounds, slipway, repository }) {
    const engine = await prepareTestEngine();
    if (engine.kind === 'skip') {
      process.stderr.write(`docker-job is left out: ${engine.reason}\n`);
      return [];
    }
    const { path, home } = repository('docker-job', workflow);
    const run: Command = {
      file: slipway,
      args: ['run', '--offline'],
      cwd: path,
      env: { SLIPWAY_HOME: home },
    };
    const args = ['run', '--rm', testImages.base, 'sh', '-e', '-c', 'echo hello'];
    const bare: Command = { file: engine.client.engine.client, args, cwd: path };
    const [ours, theirs] = (await measureInTurn([run, bare], Math.min(rounds, 7))).map(medianMs);
    const detail = `${ours!.toFixed(0)} ms against ${theirs!.toFixed(0)} ms of docker run; with network and clean-up`;
    return [{ name: 'job in a container', detail, value: ours! / theirs!, unit: '×', target: 3.5 }];
  },
};
