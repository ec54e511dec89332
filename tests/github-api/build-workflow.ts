import { workflow } from '../server/served.ts';

/** One job, for pushes and dispatches. */
export const buildWorkflow = workflow(
  'ci.yml',
  `name: CI
on: [push, workflow_dispatch]
jobs:
  build:
    name: Build it
    runs-on: ubuntu-latest
    steps:
      - run: echo building
`,
);
