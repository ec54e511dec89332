import type { Generated } from 'kysely';

/** What clients of GitHub's API write. */
export interface GithubApiTables {
  commit_status: CommitStatusTable;
  check_suite: CheckSuiteTable;
  check_run: CheckRunTable;
  check_annotation: CheckAnnotationTable;
  github_deployment: GithubDeploymentTable;
  github_deployment_status: GithubDeploymentStatusTable;
  github_release: GithubReleaseTable;
  release_asset: ReleaseAssetTable;
  issue_comment: IssueCommentTable;
  sarif_upload: SarifUploadTable;
  code_scanning_analysis: CodeScanningAnalysisTable;
  code_scanning_alert: CodeScanningAlertTable;
  code_scanning_instance: CodeScanningInstanceTable;
}

/** What somebody says of a commit under a name; of one name the last counts. Rows are only ever added. */
export interface CommitStatusTable {
  id: Generated<number>;
  project: string;
  /** Lower case. */
  sha: string;
  context: string;
  state: 'error' | 'failure' | 'pending' | 'success';
  description: string | null;
  target_url: string | null;
  creator: string;
  created_at: number;
}

/** The check runs of one commit by one maker. */
export interface CheckSuiteTable {
  id: Generated<number>;
  project: string;
  sha: string;
  /** Who makes its check runs: a user, or `github-actions` for jobs. */
  app: string;
  created_at: number;
}

export interface CheckRunTable {
  id: Generated<number>;
  project: string;
  suite_id: number;
  sha: string;
  name: string;
  external_id: string | null;
  details_url: string | null;
  status: 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending';
  conclusion:
    | 'action_required'
    | 'cancelled'
    | 'failure'
    | 'neutral'
    | 'skipped'
    | 'stale'
    | 'success'
    | 'timed_out'
    | null;
  started_at: number;
  completed_at: number | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  creator: string;
  created_at: number;
}

export interface CheckAnnotationTable {
  id: Generated<number>;
  check_run_id: number;
  path: string;
  start_line: number;
  end_line: number;
  start_column: number | null;
  end_column: number | null;
  annotation_level: 'notice' | 'warning' | 'failure';
  message: string;
  title: string | null;
  raw_details: string | null;
}

/** What a workflow says that it deploys, in GitHub's form. Slipway's own deployments are elsewhere. */
export interface GithubDeploymentTable {
  id: Generated<number>;
  project: string;
  /** As it was named. */
  ref: string;
  sha: string;
  task: string;
  environment: string;
  description: string | null;
  /** JSON. */
  payload: string;
  transient_environment: number;
  production_environment: number;
  creator: string;
  created_at: number;
  updated_at: number;
}

export interface GithubDeploymentStatusTable {
  id: Generated<number>;
  deployment_id: number;
  state: 'error' | 'failure' | 'inactive' | 'in_progress' | 'queued' | 'pending' | 'success';
  description: string;
  environment: string;
  environment_url: string;
  log_url: string;
  creator: string;
  created_at: number;
}

/** A release in GitHub's form: notes and files at a tag. */
export interface GithubReleaseTable {
  id: Generated<number>;
  project: string;
  tag_name: string;
  /** The same as `tag_name`, which only one release may have; null: a draft. */
  published_tag: string | null;
  target_commitish: string;
  name: string | null;
  body: string | null;
  draft: number;
  prerelease: number;
  creator: string;
  created_at: number;
  published_at: number | null;
}

export interface ReleaseAssetTable {
  id: Generated<number>;
  release_id: number;
  name: string;
  label: string | null;
  content_type: string;
  digest: string;
  size: number;
  download_count: number;
  uploader: string;
  created_at: number;
  updated_at: number;
}

/** On an issue or pull request. */
export interface IssueCommentTable {
  id: Generated<number>;
  project: string;
  /** Of the pull request. */
  number: number;
  body: string;
  author: string;
  created_at: number;
  updated_at: number;
}

/** A SARIF file that was uploaded. */
export interface SarifUploadTable {
  /** A UUID. */
  id: string;
  project: string;
  sha: string;
  ref: string;
  digest: string;
  size: number;
  state: 'complete' | 'failed';
  /** JSON array of what is wrong with the file. */
  errors: string;
  creator: string;
  created_at: number;
}

/** One run of one tool that an upload told of. */
export interface CodeScanningAnalysisTable {
  id: Generated<number>;
  project: string;
  sarif_id: string;
  ref: string;
  sha: string;
  /** Tells apart analyses of one tool at one commit. */
  category: string;
  tool: string;
  tool_version: string | null;
  results_count: number;
  rules_count: number;
  created_at: number;
}

/** A finding, as long as its fingerprint stays the same. */
export interface CodeScanningAlertTable {
  id: Generated<number>;
  project: string;
  tool: string;
  rule_id: string;
  /** JSON: what the tool says of the rule. */
  rule: string;
  fingerprint: string;
  dismissed_at: number | null;
  dismissed_by: string | null;
  dismissed_reason: string | null;
  dismissed_comment: string | null;
  created_at: number;
  updated_at: number;
}

/** Where an alert is on one ref, by the last analysis of a category. */
export interface CodeScanningInstanceTable {
  alert_id: number;
  ref: string;
  category: string;
  sha: string;
  state: 'open' | 'fixed';
  path: string;
  start_line: number;
  end_line: number;
  start_column: number;
  end_column: number;
  message: string;
  fixed_at: number | null;
  updated_at: number;
}
