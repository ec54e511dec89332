/** What an action takes and gives, as far as the linter needs it. */
export interface ActionInterface {
  /** Input names, lower case, to whether it must be given. */
  inputs: ReadonlyMap<string, boolean>;
  /** Undefined: whatever its script sets. */
  outputs: readonly string[] | undefined;
}

/**
 * Inputs and outputs of actions that many workflows use, over all their major versions, from the manifests in the actions' own
 * repositories (state of September 2026). A `!` marks an input without which the newest version fails.
 */
const manifests: Readonly<Record<string, readonly [inputs: string, outputs: string]>> = {
  'actions/cache': [
    'enableCrossOsArchive fail-on-cache-miss key! lookup-only path! restore-keys save-always upload-chunk-size',
    'cache-hit',
  ],
  'actions/cache/restore': [
    'enableCrossOsArchive fail-on-cache-miss key! lookup-only path! restore-keys',
    'cache-hit cache-matched-key cache-primary-key',
  ],
  'actions/cache/save': ['enableCrossOsArchive key! path! upload-chunk-size', ''],
  'actions/checkout': [
    'allow-unsafe-pr-checkout clean fetch-depth fetch-tags filter github-server-url lfs path persist-credentials ref repository set-safe-directory show-progress sparse-checkout sparse-checkout-cone-mode ssh-key ssh-known-hosts ssh-strict ssh-user submodules token',
    'commit ref',
  ],
  'actions/download-artifact': [
    'artifact-ids digest-mismatch github-token merge-multiple name path pattern repository run-id skip-decompress',
    'download-path',
  ],
  'actions/github-script': [
    'base-url debug github-token previews result-encoding retries retry-exempt-status-codes script! user-agent',
    '*',
  ],
  'actions/setup-dotnet': [
    'architecture cache cache-dependency-path config-file dotnet-channel dotnet-quality dotnet-version global-json-file include-prerelease owner source-url workloads',
    'cache-hit dotnet-version',
  ],
  'actions/setup-go': [
    'architecture cache cache-dependency-path check-latest go-download-base-url go-version go-version-file stable token version',
    'cache-hit go-version',
  ],
  'actions/setup-java': [
    'architecture cache cache-dependency-path cache-jdk cache-path cache-read-only check-latest distribution force-download gpg-passphrase gpg-passphrase-env-var gpg-private-key java-package java-version java-version-file jdk-file jdkFile job-status mvn-repositories mvn-repositories-include-central mvn-repositories-prioritize-central mvn-server-credentials mvn-toolchain-id mvn-toolchain-vendor overwrite-settings problem-matcher server-id server-password server-password-env-var server-username server-username-env-var set-default settings-path show-download-progress token verify-signature verify-signature-public-key',
    'cache-hit cache-primary-key distribution path version',
  ],
  'actions/setup-node': [
    'always-auth architecture cache cache-dependency-path check-latest mirror mirror-token node-version node-version-file package-manager-cache registry-url scope token version',
    'cache-hit cache-matched-key cache-primary-key node-version',
  ],
  'actions/setup-python': [
    'allow-prereleases architecture cache cache-dependency-path check-latest freethreaded pip-install pip-version python-version python-version-file token update-environment',
    'cache-hit python-path python-version',
  ],
  'actions/upload-artifact': [
    'archive compression-level if-no-files-found include-hidden-files name overwrite path! retention-days',
    'artifact-digest artifact-id artifact-url',
  ],
  'actions/upload-artifact/merge': [
    'compression-level delete-merged include-hidden-files name pattern retention-days separate-directories',
    'artifact-digest artifact-id artifact-url',
  ],
  'aquasecurity/trivy-action': [
    'artifact-type cache cache-dir docker-host exit-code format github-pat hide-progress ignore-policy ignore-unfixed image-ref input limit-severities-for-sarif list-all-pkgs output scan-ref scan-type scanners security-checks severity skip-dirs skip-files skip-setup-trivy template tf-vars timeout token-setup-trivy trivy-config trivyignores version vuln-type',
    '',
  ],
  'aws-actions/configure-aws-credentials': [
    'action-timeout-s allowed-account-ids audience aws-access-key-id aws-profile aws-region! aws-secret-access-key aws-session-token custom-tags disable-retry force-skip-oidc http-proxy inline-session-policy managed-session-policies mask-aws-account-id no-proxy output-credentials output-env-credentials overwrite-aws-profile retry-max-attempts role-chaining role-duration-seconds role-external-id role-session-name role-skip-session-tagging role-to-assume special-characters-workaround sts-endpoint transitive-tag-keys unset-current-credentials use-existing-credentials web-identity-token-file',
    'aws-access-key-id aws-account-id aws-expiration aws-secret-access-key aws-session-token',
  ],
  'codecov/codecov-action': [
    'aws_curl_args base_sha binary codecov_curl_args codecov_yml_path commit_parent directory disable_file_fixes disable_safe_directory disable_search disable_telem dry_run env_vars exclude fail_ci_if_error file files flags force full_report functionalities gcov gcov_args gcov_executable gcov_ignore gcov_include gcov_path_exclude gcov_path_include gcov_prefix gcov_root_dir git_service handle_no_reports_found job_code move_coverage_to_trash name network_filter network_prefix os override_branch override_build override_build_url override_commit override_pr override_tag path_to_write_report plugin plugins recurse_submodules report_code report_type root_dir run_command skip_validation slug swift swift_project token upstream_proxy url use_legacy_upload_endpoint use_oidc use_pypi verbose version working-directory xcode xcode_archive_path xcode_derived_data xcode_package xtra_args',
    '',
  ],
  'docker/build-push-action': [
    'add-hosts add_git_labels allow always_pull annotations attests build-args build-contexts build_args builder cache-from cache-to cache_froms call cgroup-parent context dockerfile file github-token labels load network no-cache no-cache-filters outputs password path platforms provenance pull push registry repository sbom secret-envs secret-files secrets shm-size ssh tag_with_ref tag_with_sha tags target ulimit username',
    'digest imageid metadata',
  ],
  'docker/login-action': ['ecr logout password registry registry-auth scope username', ''],
  'docker/metadata-action': [
    'annotations bake-target context flavor github-token images label-custom labels sep-annotations sep-labels sep-tags tag-custom tag-custom-only tag-edge tag-edge-branch tag-latest tag-match tag-match-group tag-match-latest tag-schedule tag-semver tag-sha tags',
    'annotations bake-file bake-file-annotations bake-file-labels bake-file-tags json labels tag-names tags version',
  ],
  'docker/setup-buildx-action': [
    'append buildkitd-config buildkitd-config-inline buildkitd-flags cache-binary cleanup config config-inline driver driver-opts endpoint install keep-state name platforms use version',
    'driver endpoint flags name nodes platforms status',
  ],
  'github/codeql-action/analyze': [
    'add-snippets category check_name checkout_path cleanup-level expect-error matrix output post-processed-sarif-path ram ref sha skip-queries threads token upload upload-database wait-for-processing',
    'db-locations sarif-id sarif-output',
  ],
  'github/codeql-action/autobuild': ['matrix token working-directory', ''],
  'github/codeql-action/init': [
    'analysis-kinds build-mode check-run-id config config-file db-location debug debug-artifact-name debug-database-name dependency-caching external-repository-token languages matrix packs quality-queries queries ram registries setup-python-dependencies source-root threads token tools trap-caching',
    'codeql-path codeql-version',
  ],
  'github/codeql-action/upload-sarif': [
    'category checkout_path matrix ref sarif_file sha token wait-for-processing',
    'sarif-id sarif-ids',
  ],
  'pnpm/action-setup': [
    'bin_dest dest package_json_file registry run_install standalone version',
    'bin_dest dest',
  ],
  'softprops/action-gh-release': [
    'append_body body body_path discussion_category_name draft fail_on_unmatched_files files generate_release_notes make_latest name overwrite_files prerelease preserve_order previous_tag repository tag_name target_commitish token working_directory',
    'assets id upload_url url',
  ],
};

const known = new Map<string, ActionInterface>();

/** Undefined if it is not one of them; `name` is `owner/repository[/path]`. */
export function knownAction(name: string): ActionInterface | undefined {
  const key = name.toLowerCase();
  if (!Object.hasOwn(manifests, key)) return undefined;
  const made = known.get(key) ?? parse(manifests[key]!);
  known.set(key, made);
  return made;
}

function parse([inputs, outputs]: readonly [string, string]): ActionInterface {
  const names = words(inputs).map(
    (word) => [word.replace('!', '').toLowerCase(), word.endsWith('!')] as const,
  );
  return { inputs: new Map(names), outputs: outputs === '*' ? undefined : words(outputs) };
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}
