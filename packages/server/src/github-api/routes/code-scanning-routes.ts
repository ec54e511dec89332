import { z } from 'zod';
import { recordAudit } from '../../access/audit.ts';
import { nameOf } from '../../access/permission.ts';
import { type Alert, listAlerts } from '../../code-scanning/alerts.ts';
import { takeSarif } from '../../code-scanning/take-sarif.ts';
import { commitOfBody } from '../git/find-commit.ts';
import {
  enter,
  type GithubContext,
  type GithubRouter,
  makerOf,
  type RepositoryCall,
  rowParam,
} from '../github-context.ts';
import { notFound } from '../github-error.ts';
import { pageOf } from '../pages.ts';
import { optionalText, readBody } from '../read-body.ts';
import { alertShape, instanceShape } from '../shapes/code-scanning.ts';
import { linksOf, timeText } from '../shapes/links.ts';

const common = {
  ref: z.string().regex(/^refs\/(heads|tags|pull)\/\S+$/, 'a whole ref, e.g. refs/heads/main'),
  sarif: z.string().min(1),
  checkout_uri: optionalText,
};
const uploadSchema = z.object({ ...common, commit_sha: z.string() });
const analysisSchema = z.object({
  ...common,
  commit_oid: z.string(),
  analysis_key: optionalText,
  environment: optionalText,
});
const changeSchema = z.object({
  state: z.enum(['open', 'dismissed']),
  dismissed_reason: z.enum(['false positive', "won't fix", 'used in tests']).nullish(),
  dismissed_comment: z.string().max(280).nullish(),
});

/** @see https://docs.github.com/en/rest/code-scanning/code-scanning */
export function addCodeScanningRoutes(api: GithubRouter, context: GithubContext): void {
  const take = async (
    call: RepositoryCall,
    body: {
      sha: string;
      ref: string;
      sarif: string;
      category: string;
      checkoutUri: string | null | undefined;
    },
  ) => {
    context.assertRoom();
    const sha = await commitOfBody(call.directory, {
      name: body.sha,
      resource: 'Sarif',
      field: 'commit_sha',
    });
    const id = await takeSarif(context, {
      ...body,
      project: call.project.name,
      sha,
      checkoutUri: body.checkoutUri ?? '',
      creator: makerOf(call.c.var.principal),
    });
    return call.c.json({ id, url: `${linksOf(call).api}/code-scanning/sarifs/${id}` }, 202);
  };
  api.post('/repos/:owner/:repo/code-scanning/sarifs', async (c) => {
    const call = await enter(c, context, 'security-event.write');
    const { commit_sha: sha, ref, sarif, checkout_uri } = await readBody(c, uploadSchema);
    return take(call, { sha, ref, sarif, category: '', checkoutUri: checkout_uri });
  });
  // As github/codeql-action uploads; it is in no documentation.
  api.put('/repos/:owner/:repo/code-scanning/analysis', async (c) => {
    const call = await enter(c, context, 'security-event.write');
    const { commit_oid: sha, ref, sarif, checkout_uri, analysis_key } = await readBody(c, analysisSchema);
    return take(call, { sha, ref, sarif, category: analysis_key ?? '', checkoutUri: checkout_uri });
  });
  // What that action tells of itself is not kept.
  api.put('/repos/:owner/:repo/code-scanning/analysis/status', async (c) => {
    await enter(c, context, 'security-event.write');
    return c.json({}, 202);
  });
  api.get('/repos/:owner/:repo/code-scanning/codeql-action/features', async (c) => {
    await enter(c, context, 'security-event.read');
    return c.json({});
  });
  addReadingRoutes(api, context);
  addAlertRoutes(api, context);
}

function addReadingRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, publicUrl } = context;
  api.get('/repos/:owner/:repo/code-scanning/sarifs/:id', async (c) => {
    const call = await enter(c, context, 'security-event.read');
    const upload = await store
      .selectFrom('sarif_upload')
      .select(['id', 'state', 'errors'])
      .where(({ and }) => and({ project: call.project.name, id: c.req.param('id') }))
      .executeTakeFirst();
    if (upload === undefined) throw notFound();
    const { id, state, errors } = upload;
    const { api: url } = linksOf(call);
    if (state === 'failed')
      return c.json({ processing_status: state, errors: JSON.parse(errors) as string[] });
    return c.json({ processing_status: state, analyses_url: `${url}/code-scanning/analyses?sarif_id=${id}` });
  });
  api.get('/repos/:owner/:repo/code-scanning/analyses', async (c) => {
    const call = await enter(c, context, 'security-event.read');
    const { ref, sarif_id, tool_name } = c.req.query();
    const rows = await store
      .selectFrom('code_scanning_analysis')
      .selectAll()
      .where('project', '=', call.project.name)
      .$if(ref !== undefined, (query) => query.where('ref', '=', ref ?? ''))
      .$if(sarif_id !== undefined, (query) => query.where('sarif_id', '=', sarif_id ?? ''))
      .$if(tool_name !== undefined, (query) => query.where('tool', '=', tool_name ?? ''))
      .orderBy('id', 'desc')
      .execute();
    const { api: url } = linksOf(call);
    const shown = pageOf(c, publicUrl, rows).map((row) => ({
      ref: row.ref,
      commit_sha: row.sha,
      analysis_key: row.category,
      category: row.category,
      environment: '',
      error: '',
      warning: '',
      created_at: timeText(row.created_at),
      results_count: row.results_count,
      rules_count: row.rules_count,
      id: row.id,
      url: `${url}/code-scanning/analyses/${row.id}`,
      sarif_id: row.sarif_id,
      tool: { name: row.tool, guid: null, version: row.tool_version },
      deletable: false,
    }));
    return c.json(shown);
  });
}

function addAlertRoutes(api: GithubRouter, context: GithubContext): void {
  const { store, now, publicUrl } = context;
  api.get('/repos/:owner/:repo/code-scanning/alerts', async (c) => {
    const call = await enter(c, context, 'security-event.read');
    const { ref, state, tool_name, severity } = c.req.query();
    const alerts = (await alertsOf(call, ref)).filter(
      (alert) =>
        (state === undefined || alert.state === state) &&
        (tool_name === undefined || alert.tool === tool_name) &&
        (severity === undefined ||
          [alert.rule.severity, alert.rule.securitySeverity].includes(severity as 'error')),
    );
    return c.json(pageOf(c, publicUrl, alerts).map((alert) => alertShape(linksOf(call), alert)));
  });
  api.get('/repos/:owner/:repo/code-scanning/alerts/:number', async (c) => {
    const call = await enter(c, context, 'security-event.read');
    return c.json(alertShape(linksOf(call), await requireAlert(call)));
  });
  api.get('/repos/:owner/:repo/code-scanning/alerts/:number/instances', async (c) => {
    const call = await enter(c, context, 'security-event.read');
    const { instances } = await requireAlert(call);
    return c.json(pageOf(c, publicUrl, instances).map(instanceShape));
  });
  api.patch('/repos/:owner/:repo/code-scanning/alerts/:number', async (c) => {
    const call = await enter(c, context, 'security-event.write');
    const { id } = await requireAlert(call);
    const { state, dismissed_reason = null, dismissed_comment = null } = await readBody(c, changeSchema);
    const by = nameOf(c.var.principal);
    const isDismissed = state === 'dismissed';
    await store.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('code_scanning_alert')
        .set({
          dismissed_at: isDismissed ? now() : null,
          dismissed_by: isDismissed ? by : null,
          dismissed_reason: isDismissed ? dismissed_reason : null,
          dismissed_comment: isDismissed ? dismissed_comment : null,
          updated_at: now(),
        })
        .where('id', '=', id)
        .execute();
      await recordAudit(transaction, {
        at: now(),
        actor: by,
        action: isDismissed ? 'alert.dismissed' : 'alert.reopened',
        project: call.project.name,
        subject: `code scanning alert ${id}`,
        outcome: 'done',
        detail: { reason: dismissed_reason },
      });
    });
    return c.json(alertShape(linksOf(call), await requireAlert(call)));
  });
}

function alertsOf({ context: { store }, project }: RepositoryCall, ref?: string): Promise<Alert[]> {
  const whole = ref === undefined || ref.startsWith('refs/') ? ref : `refs/heads/${ref}`;
  const defaultRef = `refs/heads/${project.settings.defaultBranch}`;
  return listAlerts(store, { project: project.name, ref: whole, defaultRef });
}

/** @throws GithubError 404 */
async function requireAlert(call: RepositoryCall): Promise<Alert> {
  const number = rowParam(call.c, 'number');
  const alert = (await alertsOf(call)).find(({ id }) => id === number);
  if (alert === undefined) throw notFound();
  return alert;
}
