#!/bin/sh
# Secrets come as files, so that neither the image nor `docker inspect` shows them: /run/secrets/GREY_JWT_SECRET becomes
# the variable of that name, unless that is set. Then the command takes the place of this shell, and hears SIGTERM itself.
set -eu
for file in /run/secrets/GREY_*; do
  [ -r "$file" ] || continue
  name=$(basename "$file")
  printenv "$name" >/dev/null || export "$name=$(cat "$file")"
done
exec "$@"
