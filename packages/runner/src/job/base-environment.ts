/**
 * What a job's processes see of the environment that Slipway was started in: where programs, home, language, proxies and
 * certificates are. Everything else stays out: the shell of a developer holds tokens.
 */
export function pickBaseEnvironment(
  from: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    if (value !== undefined && isPassedOn(name)) picked[name] = value;
  }
  picked.PATH ??= '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return picked;
}

const passedOn = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'DOCKER_HOST',
  'DEVELOPER_DIR',
]);

/** Proxies are written in lower case as often. */
function isPassedOn(name: string): boolean {
  return (
    passedOn.has(name) || name.startsWith('LC_') || (/_proxy$/.test(name) && passedOn.has(name.toUpperCase()))
  );
}
