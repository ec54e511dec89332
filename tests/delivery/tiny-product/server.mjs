// A service that does nothing but answer, as badly as the file of its release in FAULTS_DIR says.
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const { release } = JSON.parse(readFileSync(new URL('release.json', import.meta.url), 'utf8'));
appendFileSync(join(process.env.FAULTS_DIR, 'starts'), `${release}\n`);
const tell = (what) =>
  appendFileSync(join(process.env.FAULTS_DIR, 'life'), `${release} ${process.pid} ${what}\n`);
let isKnown = false;
const faultsFile = join(process.env.FAULTS_DIR, `${release}.json`);
const faults = () => {
  try {
    return JSON.parse(readFileSync(faultsFile, 'utf8'));
  } catch {
    return {};
  }
};

const server = createServer((request, response) => {
  const { unhealthy, errorRate = 0, latencyMs = 0 } = faults();
  if (request.url === '/health') {
    if (!unhealthy && !isKnown) {
      isKnown = true;
      tell('up');
    }
    response.writeHead(unhealthy ? 503 : 200).end();
    return;
  }
  const isWrong = Math.random() < errorRate;
  setTimeout(() => {
    response.writeHead(isWrong ? 500 : 200, { 'x-release': release }).end(`${release}\n`);
  }, latencyMs);
});
server.listen(Number(process.env.PORT), process.env.HOST ?? '127.0.0.1');
process.on('SIGTERM', () => {
  tell('down');
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
if (faults().crashAfterMs !== undefined) setTimeout(() => process.exit(3), faults().crashAfterMs);
