#!/bin/sh
# Downloads the two versions, each with the libraries it imports, into packages/<version>. pip compares every file with the
# digest in requirements/<version>.txt and refuses what differs. What is there already and right is not downloaded again.
set -eu
cd "$(dirname "$0")"

for requirements in requirements/*.txt; do
  version=$(basename "$requirements" .txt)
  new=packages/.$version.new
  rm -rf "$new"
  mkdir -p "$new"
  get() {
    python3 -m pip download --quiet --require-hashes --no-deps --only-binary :all: --dest "$new" -r "$requirements" "$@"
  }
  if ! get --no-index --find-links "packages/$version" 2> /dev/null; then
    get
  fi
  cp "$requirements" "$new/requirements.txt"
  rm -rf "packages/$version"
  mv "$new" "packages/$version"
  echo "packages/$version: $(ls "packages/$version" | grep -c '\.whl$') wheels, each with its pinned digest"
done
