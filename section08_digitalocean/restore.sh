#!/usr/bin/env bash
# Replace what is in the database by a backup:  sudo ./restore.sh FILE
# It happens in one transaction: either everything is replaced, or nothing.
set -euo pipefail
# shellcheck source=settings.sh
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

file=${1:?"Which backup? They are in $BACKUPS."}
exec 3<"$file"
"$SYSTEMCTL" stop stores.socket "$SERVICE.service"
trap '"$SYSTEMCTL" start stores.socket "$SERVICE.service"' EXIT
# shellcheck disable=SC2016  # become_app sets the URL
(become_app sh -c 'exec pg_restore --clean --if-exists --no-owner --single-transaction \
    --exit-on-error --dbname="$DATABASE_URL"') <&3
echo "The database is as in $file."
