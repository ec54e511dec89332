import { openPipeline, type Pipeline, type PipelineOptions } from './pipeline.ts';

/**
 * A team's whole pipeline for as long as `work` takes. Everything that was started has ended when this resolves.
 * @throws what `work` throws, or that the signal interrupted it; the transcript then has the end of the server's log
 */
export async function withPipeline(
  options: PipelineOptions & { signal: AbortSignal },
  work: (pipeline: Pipeline) => Promise<void>,
): Promise<void> {
  const { transcript, signal } = options;
  transcript.begin('A server, its databases, a project');
  const pipeline = await openPipeline(options);
  try {
    transcript.show(`staging will be at ${pipeline.urls.staging}, production at ${pipeline.urls.production}`);
    await Promise.race([work(pipeline), interruption(signal)]);
  } catch (error) {
    transcript.show(pipeline.serverLog());
    throw error;
  } finally {
    transcript.begin('Cleaning up');
    await pipeline.close();
  }
}

function interruption(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(new Error('it was interrupted'));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
}
