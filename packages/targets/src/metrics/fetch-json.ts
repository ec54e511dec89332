/** A provider that is slower has failed. */
const answerMs = 15_000;

/** @throws with the status and the beginning of the answer, if it is not a JSON of 200 */
export async function fetchJson(url: string, signal: AbortSignal | undefined): Promise<unknown> {
  const timeout = AbortSignal.timeout(answerMs);
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }).catch((error: Error) => {
    throw new Error(
      `${new URL(url).origin}: ${(error.cause as Error | undefined)?.message ?? error.message}`,
    );
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${new URL(url).origin} answers ${response.status}: ${text.slice(0, 300)}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${new URL(url).origin} gives no JSON: ${text.slice(0, 300)}`);
  }
}
