#!/usr/bin/env bash
# Back up the database into a file, and keep the newest 14. A timer runs it each night.
set -euo pipefail
# shellcheck source=settings.sh
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

umask 077 # only root may read a backup, or delete one: not the app
mkdir -p "$BACKUPS"
file=$BACKUPS/$(date +%Y%m%d-%H%M%S).dump
# shellcheck disable=SC2016  # become_app sets the URL
(become_app sh -c 'exec pg_dump --format=custom --dbname="$DATABASE_URL"') >"$file.part"
mv "$file.part" "$file" # a backup that was interrupted keeps the name .part
echo "$file"

backups=("$BACKUPS"/*.dump)
while [ ${#backups[@]} -gt "$KEEP" ]; do
    rm "${backups[0]}"
    backups=("${backups[@]:1}")
done
