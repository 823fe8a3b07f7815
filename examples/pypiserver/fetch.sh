#!/bin/sh
# Downloads the two wheels of this example into wheels/ and compares them with the digests in wheels.sha256.
# A wheel that is already there and right is not downloaded again; one that is wrong is removed and named.
set -eu
cd "$(dirname "$0")"
mkdir -p wheels

while read -r digest file; do
  version=$(echo "$file" | cut -d- -f2)
  if [ ! -f "wheels/$file" ]; then
    python3 -m pip download --quiet --no-deps --only-binary :all: --dest wheels "pypiserver==$version"
  fi
  if ! echo "$digest  wheels/$file" | sha256sum --check --quiet -; then
    rm -f "wheels/$file"
    echo "wheels/$file is not the file whose digest stands in wheels.sha256; it was removed" >&2
    exit 1
  fi
  echo "ok wheels/$file sha256:$digest"
done < wheels.sha256
