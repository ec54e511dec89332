/** What the images run as HEALTHCHECK: exit status 0 while `/health` of this container answers with a success. */
const response = await fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/health`).catch(() => undefined);
process.exitCode = response?.ok ? 0 : 1;
