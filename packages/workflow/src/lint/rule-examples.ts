/** What a rule finds, and the same mended, for docs/lint.md. */
export interface RuleExample {
  /** Where the snippets stand: whole workflows, entries of the one job's mapping, or of its steps. */
  in: 'workflow' | 'job' | 'steps';
  wrong: string;
  right: string;
}

/** By code; a test holds them against the rules. */
export const ruleExamples: Readonly<Record<string, RuleExample>> = {
  'action-inputs': {
    in: 'steps',
    wrong: '- uses: actions/checkout@v6\n  with:\n    fetch-dept: 0',
    right: '- uses: actions/checkout@v6\n  with:\n    fetch-depth: 0',
  },
  'always-true-condition': {
    in: 'steps',
    wrong: "- if: ${{ github.ref_name == 'main' }} && true\n  run: make deploy",
    right: "- if: github.ref_name == 'main'\n  run: make deploy",
  },
  'broad-permissions': {
    in: 'job',
    wrong: 'permissions: write-all',
    right: 'permissions:\n  contents: read\n  packages: write',
  },
  'broken-local-action': { in: 'steps', wrong: '- uses: ./broken', right: '- uses: ./working' },
  'conflicting-filters': {
    in: 'workflow',
    wrong: 'on:\n  push:\n    branches: [main]\n    branches-ignore: [wip]',
    right: "on:\n  push:\n    branches: [main, '!wip']",
  },
  'conflicting-labels': {
    in: 'job',
    wrong: 'runs-on: [ubuntu-latest, windows-latest]',
    right: 'strategy:\n  matrix:\n    os: [ubuntu-latest, windows-latest]\nruns-on: ${{ matrix.os }}',
  },
  'constant-condition': {
    in: 'steps',
    wrong: '- if: false\n  run: make deploy',
    right: "- if: vars.DEPLOY == 'yes'\n  run: make deploy",
  },
  'default-type': {
    in: 'workflow',
    wrong:
      "on:\n  workflow_call:\n    inputs:\n      dry-run:\n        type: boolean\n        default: ${{ format('{0}', true) }}",
    right:
      "on:\n  workflow_call:\n    inputs:\n      dry-run:\n        type: boolean\n        default: ${{ github.event_name == 'push' }}",
  },
  'deprecated-command': {
    in: 'steps',
    wrong: '- run: echo "::set-output name=version::1.2.3"',
    right: '- run: echo "version=1.2.3" >> "$GITHUB_OUTPUT"',
  },
  'duplicate-need': {
    in: 'workflow',
    wrong:
      'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps: [{ run: make }]\n  deploy:\n    needs: [build, Build]\n    runs-on: ubuntu-latest\n    steps: [{ run: make deploy }]',
    right:
      'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps: [{ run: make }]\n  deploy:\n    needs: [build]\n    runs-on: ubuntu-latest\n    steps: [{ run: make deploy }]',
  },
  'env-name': { in: 'job', wrong: 'env:\n  BUILD TYPE: debug', right: 'env:\n  BUILD_TYPE: debug' },
  'filter-pattern': {
    in: 'workflow',
    wrong: "on:\n  push:\n    branches: ['^release-.*$']",
    right: "on:\n  push:\n    branches: ['release-*']",
  },
  'foreign-need': {
    in: 'job',
    wrong: 'needs: [image] # a job of another file',
    right: '# a job of this file, or on: workflow_run',
  },
  'frequent-schedule': {
    in: 'workflow',
    wrong: "on:\n  schedule:\n    - cron: '* * * * *'",
    right: "on:\n  schedule:\n    - cron: '*/15 * * * *'",
  },
  'ignored-failure': { in: 'steps', wrong: '- run: npm test || true', right: '- run: npm test' },
  'impossible-event': {
    in: 'steps',
    wrong: "- if: github.event_name == 'release'\n  run: make publish",
    right: "- if: github.event_name == 'push'\n  run: make publish",
  },
  'insecure-command': {
    in: 'steps',
    wrong: '- run: echo "::set-env name=LEVEL::3"',
    right: '- run: echo "LEVEL=3" >> "$GITHUB_ENV"',
  },
  'invalid-comparison': {
    in: 'steps',
    wrong: "- if: github.event.commits.*.message == 'fix'\n  run: make",
    right: "- if: contains(github.event.commits.*.message, 'fix')\n  run: make",
  },
  'invalid-format': {
    in: 'steps',
    wrong: "- run: echo ${{ format('{0}-{1}', github.sha) }}",
    right: "- run: echo ${{ format('{0}-{1}', github.sha, github.run_id) }}",
  },
  'invalid-number': { in: 'job', wrong: 'timeout-minutes: 0', right: 'timeout-minutes: 15' },
  'latest-image': { in: 'job', wrong: 'container: node:latest', right: 'container: node:24.4-bookworm' },
  'long-lived-credentials': {
    in: 'steps',
    wrong:
      '- uses: aws-actions/configure-aws-credentials@v5\n  with:\n    aws-region: eu-central-1\n    aws-access-key-id: ${{ secrets.AWS_KEY }}',
    right:
      '- uses: aws-actions/configure-aws-credentials@v5\n  with:\n    aws-region: eu-central-1\n    role-to-assume: ${{ vars.AWS_ROLE }}',
  },
  'matrix-mistake': {
    in: 'job',
    wrong: 'strategy:\n  matrix:\n    node: [22, 24]\n    exclude:\n      - node: 20',
    right: 'strategy:\n  matrix:\n    node: [22, 24]\n    exclude:\n      - node: 22',
  },
  'missing-concurrency': {
    in: 'job',
    wrong: 'environment: production',
    right: 'environment: production\nconcurrency:\n  group: deploy-production',
  },
  'missing-local-action': {
    in: 'steps',
    wrong: '- uses: ./.github/actions/nothing',
    right: '- uses: ./working',
  },
  'missing-permissions': {
    in: 'workflow',
    wrong: 'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps: [{ run: make }]',
    right:
      'on: push\npermissions:\n  contents: read\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps: [{ run: make }]',
  },
  'missing-timeout': {
    in: 'workflow',
    wrong: 'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps: [{ run: make }]',
    right:
      'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    timeout-minutes: 15\n    steps: [{ run: make }]',
  },
  'moving-ref': {
    in: 'steps',
    wrong: '- uses: aquasecurity/trivy-action@master',
    right: '- uses: aquasecurity/trivy-action@57a97c7e7821a5776cebc9bb87c984fa69cba8f1 # v0.35.0',
  },
  'object-as-text': {
    in: 'steps',
    wrong: '- run: echo "${{ runner }}"',
    right: '- run: echo "${{ toJSON(runner) }}"',
  },
  'outdated-action': {
    in: 'steps',
    wrong: '- uses: actions/upload-artifact@v3\n  with:\n    path: dist',
    right: '- uses: actions/upload-artifact@v6\n  with:\n    path: dist',
  },
  'plain-secret': {
    in: 'job',
    wrong: 'env:\n  API_TOKEN: 8f3a9c0b7d6e5f4a3b2c',
    right: 'env:\n  API_TOKEN: ${{ secrets.API_TOKEN }}',
  },
  'schedule-without-cron': {
    in: 'workflow',
    wrong: 'on:\n  schedule: []',
    right: "on:\n  schedule:\n    - cron: '30 4 * * *'",
  },
  shellcheck: {
    in: 'steps',
    wrong: '- run: rm -r $FOLDER',
    right: '- run: rm -r "$FOLDER"',
  },
  'type-mismatch': {
    in: 'steps',
    wrong: "- if: startsWith(github.event, 'x')\n  run: make",
    right: "- if: startsWith(github.event_name, 'x')\n  run: make",
  },
  'unavailable-action': {
    in: 'steps',
    wrong: '- uses: octo/tool@v99',
    right: '- uses: octo/tool@v1',
  },
  'uncached-setup': {
    in: 'steps',
    wrong:
      "- uses: actions/setup-python@v6\n  with:\n    python-version: '3.13'\n- run: pip install -r requirements.txt",
    right:
      "- uses: actions/setup-python@v6\n  with:\n    python-version: '3.13'\n    cache: pip\n- run: pip install -r requirements.txt",
  },
  'unknown-label': { in: 'job', wrong: 'runs-on: ubuntu-lastest', right: 'runs-on: ubuntu-latest' },
  'unknown-property': {
    in: 'steps',
    wrong: '- id: build\n  run: make\n- run: echo ${{ steps.biuld.outcome }}',
    right: '- id: build\n  run: make\n- run: echo ${{ steps.build.outcome }}',
  },
  'unprotected-deployment': {
    in: 'workflow',
    wrong:
      'on: push\njobs:\n  deploy-production:\n    runs-on: ubuntu-latest\n    steps: [{ run: make deploy }]',
    right:
      'on: push\njobs:\n  deploy-production:\n    environment: production\n    runs-on: ubuntu-latest\n    steps: [{ run: make deploy }]',
  },
  'untrusted-checkout': {
    in: 'workflow',
    wrong:
      'on: pull_request_target\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v6\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}',
    right:
      'on: pull_request\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v6',
  },
  'untrusted-input': {
    in: 'steps',
    wrong: '- run: echo "${{ github.event.issue.title }}"',
    right: '- env:\n    TITLE: ${{ github.event.issue.title }}\n  run: echo "$TITLE"',
  },
};
