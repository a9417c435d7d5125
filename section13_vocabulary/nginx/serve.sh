#!/usr/bin/env bash
# Serve front end and API as in production, but on this machine, until Ctrl-C.
# A variable that is set in the environment is used instead of these.
set -euo pipefail

section=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${SITE:=one-origin}" # or two-origins
: "${DOMAIN:=localhost}"
: "${LISTEN:=127.0.0.1:8080 default_server}"
: "${URL:=http://localhost:8080}" # of the pages
: "${API_URL:=}"                  # of the API, for two origins
: "${TLS_CONF:=/dev/null}"        # on a server: nginx/tls.conf of section 9
: "${WWW:=$section/frontend/dist/browser}"
: "${BIN:=$section/.venv/bin}" # where flask and gunicorn are
: "${NGINX:=nginx}"

if [ ! -e "$WWW/index.html" ]; then
    echo "The front end is not built yet: run npm ci && npm run build in frontend/." >&2
    exit 1
fi

# The settings that depend on the way of serving: see Three ways in frontend/README.md.
export FLASK_FRONTEND_URL=$URL FLASK_API_URL=$API_URL FLASK_FRONTEND_ORIGINS='[]'
if [ "$SITE" = two-origins ]; then
    export FLASK_FRONTEND_ORIGINS="[\"$URL\"]" FLASK_JWT_COOKIE_DOMAIN=$DOMAIN
fi
export FLASK_TRUSTED_PROXIES=1

# Replace @NAME@ in the files by the variable NAME.
FOLDER=$(mktemp -d) USER=$(id -un)
# shellcheck disable=SC2034
SOCKET=$FOLDER/app.sock LOGS=$FOLDER API_CONF=$FOLDER/api.conf PAGES_CONF=$FOLDER/pages.conf
for file in "$section"/nginx/*.conf; do
    text=$(<"$file")
    for name in DOMAIN LISTEN API_URL TLS_CONF WWW SITE FOLDER USER SOCKET LOGS API_CONF PAGES_CONF; do
        text=${text//@$name@/${!name}}
    done
    printf '%s\n' "$text" >"$FOLDER/${file##*/}"
done

stop() {
    trap - EXIT
    # shellcheck disable=SC2046  # several ids
    kill $(jobs -p) 2>/dev/null || true
    wait
    rm -rf "$FOLDER"
}
trap stop EXIT
trap exit INT TERM

cd "$section"
"$BIN/flask" init-db
"$BIN/gunicorn" --bind "unix:$SOCKET" 'app:create_app()' &
PATH=$PATH:/usr/sbin "$NGINX" -p "$FOLDER" -c "$FOLDER/local.conf" &
echo "Serving the vocabulary trainer at $URL"
wait $! # until nginx ends, or Ctrl-C
