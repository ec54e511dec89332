import type { CreateTableBuilder, Kysely } from 'kysely';
import { identity } from '../identity.ts';

/** What clients of GitHub's API write: statuses, checks, deployments, releases, comments, findings of scanners. */
export async function up(store: Kysely<unknown>): Promise<void> {
  await createStatuses(store);
  await createChecks(store);
  await createDeployments(store);
  await createReleases(store);
  await createComments(store);
  await createScans(store);
}

type Kind = 'text' | 'integer' | 'bigint';
type Table = CreateTableBuilder<string, string>;

/** Columns that are never null. */
function needed(table: Table, columns: Record<string, Kind>): Table {
  return Object.entries(columns).reduce(
    (made, [name, kind]) => made.addColumn(name, kind, (column) => column.notNull()),
    table,
  );
}

function nullable(table: Table, columns: Record<string, Kind>): Table {
  return Object.entries(columns).reduce((made, [name, kind]) => made.addColumn(name, kind), table);
}

function numbered(store: Kysely<unknown>, name: string): Table {
  return store.schema.createTable(name).addColumn('id', 'integer', identity(store)) as Table;
}

async function createStatuses(store: Kysely<unknown>): Promise<void> {
  const status = needed(numbered(store, 'commit_status'), {
    project: 'text',
    sha: 'text',
    context: 'text',
    state: 'text',
    creator: 'text',
    created_at: 'bigint',
  });
  await nullable(status, { description: 'text', target_url: 'text' }).execute();
  await store.schema
    .createIndex('commit_status_by_commit')
    .on('commit_status')
    .columns(['project', 'sha', 'id'])
    .execute();
}

async function createChecks(store: Kysely<unknown>): Promise<void> {
  await needed(numbered(store, 'check_suite'), {
    project: 'text',
    sha: 'text',
    app: 'text',
    created_at: 'bigint',
  })
    .addUniqueConstraint('check_suite_once', ['project', 'sha', 'app'])
    .execute();
  const run = needed(numbered(store, 'check_run'), {
    project: 'text',
    suite_id: 'integer',
    sha: 'text',
    name: 'text',
    status: 'text',
    started_at: 'bigint',
    creator: 'text',
    created_at: 'bigint',
  });
  await nullable(run, {
    external_id: 'text',
    details_url: 'text',
    conclusion: 'text',
    completed_at: 'bigint',
    title: 'text',
    summary: 'text',
    text: 'text',
  }).execute();
  await store.schema
    .createIndex('check_run_by_commit')
    .on('check_run')
    .columns(['project', 'sha', 'id'])
    .execute();
  const annotation = needed(numbered(store, 'check_annotation'), {
    check_run_id: 'integer',
    path: 'text',
    start_line: 'integer',
    end_line: 'integer',
    annotation_level: 'text',
    message: 'text',
  });
  await nullable(annotation, {
    start_column: 'integer',
    end_column: 'integer',
    title: 'text',
    raw_details: 'text',
  }).execute();
  await store.schema
    .createIndex('check_annotation_by_run')
    .on('check_annotation')
    .columns(['check_run_id', 'id'])
    .execute();
}

async function createDeployments(store: Kysely<unknown>): Promise<void> {
  const deployment = needed(numbered(store, 'github_deployment'), {
    project: 'text',
    ref: 'text',
    sha: 'text',
    task: 'text',
    environment: 'text',
    payload: 'text',
    transient_environment: 'integer',
    production_environment: 'integer',
    creator: 'text',
    created_at: 'bigint',
    updated_at: 'bigint',
  });
  await nullable(deployment, { description: 'text' }).execute();
  await store.schema
    .createIndex('github_deployment_by_project')
    .on('github_deployment')
    .columns(['project', 'id'])
    .execute();
  await needed(numbered(store, 'github_deployment_status'), {
    deployment_id: 'integer',
    state: 'text',
    description: 'text',
    environment: 'text',
    environment_url: 'text',
    log_url: 'text',
    creator: 'text',
    created_at: 'bigint',
  }).execute();
  await store.schema
    .createIndex('github_deployment_status_by_deployment')
    .on('github_deployment_status')
    .columns(['deployment_id', 'id'])
    .execute();
}

async function createReleases(store: Kysely<unknown>): Promise<void> {
  const release = needed(numbered(store, 'github_release'), {
    project: 'text',
    tag_name: 'text',
    target_commitish: 'text',
    draft: 'integer',
    prerelease: 'integer',
    creator: 'text',
    created_at: 'bigint',
  });
  await nullable(release, { published_tag: 'text', name: 'text', body: 'text', published_at: 'bigint' })
    .addUniqueConstraint('github_release_tag', ['project', 'published_tag'])
    .execute();
  const asset = needed(numbered(store, 'release_asset'), {
    release_id: 'integer',
    name: 'text',
    content_type: 'text',
    digest: 'text',
    size: 'bigint',
    download_count: 'integer',
    uploader: 'text',
    created_at: 'bigint',
    updated_at: 'bigint',
  });
  await nullable(asset, { label: 'text' })
    .addUniqueConstraint('release_asset_name', ['release_id', 'name'])
    .execute();
  await store.schema.createIndex('release_asset_by_digest').on('release_asset').column('digest').execute();
}

async function createComments(store: Kysely<unknown>): Promise<void> {
  await needed(numbered(store, 'issue_comment'), {
    project: 'text',
    number: 'integer',
    body: 'text',
    author: 'text',
    created_at: 'bigint',
    updated_at: 'bigint',
  }).execute();
  await store.schema
    .createIndex('issue_comment_by_number')
    .on('issue_comment')
    .columns(['project', 'number', 'id'])
    .execute();
}

async function createScans(store: Kysely<unknown>): Promise<void> {
  const upload = store.schema
    .createTable('sarif_upload')
    .addColumn('id', 'text', (column) => column.primaryKey()) as Table;
  await needed(upload, {
    project: 'text',
    sha: 'text',
    ref: 'text',
    digest: 'text',
    size: 'bigint',
    state: 'text',
    errors: 'text',
    creator: 'text',
    created_at: 'bigint',
  }).execute();
  await store.schema.createIndex('sarif_upload_by_digest').on('sarif_upload').column('digest').execute();
  const analysis = needed(numbered(store, 'code_scanning_analysis'), {
    project: 'text',
    sarif_id: 'text',
    ref: 'text',
    sha: 'text',
    category: 'text',
    tool: 'text',
    results_count: 'integer',
    rules_count: 'integer',
    created_at: 'bigint',
  });
  await nullable(analysis, { tool_version: 'text' }).execute();
  await store.schema
    .createIndex('code_scanning_analysis_by_project')
    .on('code_scanning_analysis')
    .columns(['project', 'id'])
    .execute();
  const alert = needed(numbered(store, 'code_scanning_alert'), {
    project: 'text',
    tool: 'text',
    rule_id: 'text',
    rule: 'text',
    fingerprint: 'text',
    created_at: 'bigint',
    updated_at: 'bigint',
  });
  await nullable(alert, {
    dismissed_at: 'bigint',
    dismissed_by: 'text',
    dismissed_reason: 'text',
    dismissed_comment: 'text',
  })
    .addUniqueConstraint('code_scanning_alert_once', ['project', 'tool', 'rule_id', 'fingerprint'])
    .execute();
  const instance = needed(store.schema.createTable('code_scanning_instance') as Table, {
    alert_id: 'integer',
    ref: 'text',
    category: 'text',
    sha: 'text',
    state: 'text',
    path: 'text',
    start_line: 'integer',
    end_line: 'integer',
    start_column: 'integer',
    end_column: 'integer',
    message: 'text',
    updated_at: 'bigint',
  });
  await nullable(instance, { fixed_at: 'bigint' })
    .addPrimaryKeyConstraint('code_scanning_instance_key', ['alert_id', 'ref', 'category'])
    .execute();
}
