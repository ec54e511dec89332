#!/usr/bin/env bash
# Builds one component and sets the outputs reference, digest and directory. Its inputs are the variables of action.yml.
set -euo pipefail

main() {
  if [ -n "$REPOSITORY" ]; then
    build_image
  else
    build_bundle
  fi
}

build_image() {
  local arguments=() images=() image line metadata reference
  while IFS= read -r line; do
    [ -z "${line// /}" ] || images+=("$REPOSITORY:${line// /}")
  done <<< "$TAGS"
  # A push needs a tag.
  [ ${#images[@]} -gt 0 ] || images=("$REPOSITORY:${COMMIT:0:12}")
  for image in "${images[@]}"; do
    arguments+=(--tag "$image")
  done
  while IFS= read -r line; do
    [ -z "$line" ] || arguments+=(--build-arg "$line")
  done <<< "$BUILD_ARGS"
  arguments+=(
    --file "$CONTEXT/$DOCKERFILE"
    --build-arg "VERSION=$VERSION" --build-arg "COMMIT=$COMMIT" --build-arg "BUILD_DATE=$BUILD_DATE"
    --label "org.opencontainers.image.version=$VERSION"
    --label "org.opencontainers.image.revision=$COMMIT"
    --label "org.opencontainers.image.created=$BUILD_DATE"
    --label "org.opencontainers.image.source=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY"
  )
  if builds_in_containers; then
    metadata=$(mktemp)
    if [ "$CACHE" = registry ]; then
      arguments+=(
        --cache-from "type=registry,ref=$REPOSITORY:buildcache"
        --cache-to "type=registry,ref=$REPOSITORY:buildcache,mode=max,ignore-error=true"
      )
    fi
    docker buildx build --push --sbom=true --provenance=mode=max --metadata-file "$metadata" "${arguments[@]}" "$CONTEXT"
    reference=$REPOSITORY@$(sed -n 's/.*"containerimage.digest": *"\([^"]*\)".*/\1/p' "$metadata")
    rm "$metadata"
  else
    # The engine's own builder: its layers are its cache, and it attaches nothing to the image.
    BUILDX_BUILDER=$(engine_builder) docker build "${arguments[@]}" "$CONTEXT"
    # Each by its name: the engine may hold images of earlier builds.
    for image in "${images[@]}"; do
      docker push "$image"
    done
    reference=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "${images[0]}" | grep -m1 -F "$REPOSITORY@")
  fi
  report "$reference" "$CONTEXT"
}

# The driver docker-container, as docker/setup-buildx-action sets it up, can export caches and attach SBOM and provenance.
builds_in_containers() {
  [ "$BUILDER" != engine ] && docker buildx inspect 2> /dev/null | grep -qE '^Driver: +(docker-container|kubernetes|remote)'
}

# Where buildx is installed it stands behind docker build, and its builder for an engine has the name of the engine's context.
engine_builder() {
  docker context show 2> /dev/null || echo default
}

build_bundle() {
  if [ -z "$BUNDLE_DIRECTORY" ]; then
    echo "::error title=Build $COMPONENT::Name a repository for an image, or bundle-directory for a bundle"
    exit 1
  fi
  if [ -n "$BUNDLE_COMMAND" ]; then
    export VERSION COMMIT BUILD_DATE
    bash -euo pipefail -c "$BUNDLE_COMMAND"
  fi
  report "$("$GITHUB_ACTION_PATH/../slipway" bundle "$BUNDLE_DIRECTORY")" "$BUNDLE_DIRECTORY"
}

report() {
  local digest=sha256:${1##*sha256:}
  if ! [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]]; then
    echo "::error title=Build $COMPONENT::No digest came of the build: $1"
    exit 1
  fi
  {
    echo "reference=$1"
    echo "digest=$digest"
    echo "directory=$2"
  } >> "$GITHUB_OUTPUT"
  echo "$COMPONENT is $1"
}

main
