import type { Alert, AlertInstance } from '../../code-scanning/alerts.ts';
import { type Links, timeText } from './links.ts';
import { timeOrNull } from './pull-request.ts';
import { userShape } from './user.ts';

/** @see https://docs.github.com/en/rest/code-scanning/code-scanning#get-a-code-scanning-alert */
export function alertShape(links: Links, alert: Alert) {
  const { id, rule, state, instances, dismissed_by } = alert;
  const [recent] = instances;
  const url = `${links.api}/code-scanning/alerts/${id}`;
  return {
    number: id,
    created_at: timeText(alert.created_at),
    updated_at: timeText(alert.updated_at),
    url,
    html_url: `${links.html}/security/code-scanning/${id}`,
    instances_url: `${url}/instances`,
    state,
    fixed_at: state === 'fixed' ? timeOrNull(recent?.fixed_at ?? null) : null,
    dismissed_by: dismissed_by === null ? null : userShape(dismissed_by, links.server),
    dismissed_at: timeOrNull(alert.dismissed_at),
    dismissed_reason: alert.dismissed_reason,
    dismissed_comment: alert.dismissed_comment,
    rule: {
      id: rule.id,
      name: rule.name,
      severity: rule.severity,
      security_severity_level: rule.securitySeverity,
      description: rule.description,
      full_description: rule.fullDescription,
      tags: rule.tags,
      help_uri: rule.helpUri,
    },
    tool: { name: alert.tool, guid: null, version: null },
    most_recent_instance: recent === undefined ? null : instanceShape(recent),
  };
}

export function instanceShape(instance: AlertInstance) {
  const { ref, category, sha, state, message, path, start_line, end_line, start_column, end_column } =
    instance;
  return {
    ref,
    analysis_key: category,
    category,
    environment: '',
    state,
    commit_sha: sha,
    message: { text: message },
    location: { path, start_line, end_line, start_column, end_column },
    classifications: [],
  };
}
