/** Shorter values would hit ordinary words. */
const shortest = 4;

/**
 * What processes print may hold the secrets that they were given, and the reasons of deployments go to people, chats and mail: each value,
 * and each of its lines, becomes `***`, also as it stands in URLs, in JSON and in base64. Values of less than four characters stay.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.flatMap(formsOf).filter((form) => form.trim().length >= shortest));
  // A value that holds another one goes first.
  return [...forms]
    .sort((one, other) => other.length - one.length)
    .reduce((hidden, form) => hidden.replaceAll(form, () => '***'), text);
}

function formsOf(value: string): string[] {
  return [value, ...value.split(/[\r\n]+/).map((line) => line.trim())].flatMap((plain) => [
    plain,
    encodeURIComponent(plain.toWellFormed()),
    JSON.stringify(plain).slice(1, -1),
    Buffer.from(plain).toString('base64'),
  ]);
}
