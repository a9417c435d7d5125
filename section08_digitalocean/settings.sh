#!/usr/bin/env bash
# The settings of the server, in one place. Every other script reads this file first.
# A variable that is set in the environment is used instead: so the rehearsal runs
# these same scripts, in a temporary folder, on a high port, and without root.
# shellcheck disable=SC2034  # the other scripts use the variables

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

: "${DOMAIN:=_}"                 # the name of the server; _ is any name
: "${SECTION:=section07_heroku}" # the section to deploy
: "${BRANCH:=main}"              # the branch of which deploy.sh deploys the newest commit
: "${SERVICE:=stores}"           # stores is gunicorn; stores-uwsgi is uWSGI

: "${ADMIN:=deployer}"  # the user who logs in with a key, and may use sudo
: "${APP_USER:=stores}" # the user that the app runs as, and its role in PostgreSQL

: "${APP_ROOT:=/srv/stores}" # releases/, packages/, and current, a link to a release
: "${ENVIRONMENT:=/etc/stores/environment}" # the app's environment variables
: "${SOCKET:=/run/stores.sock}"             # between nginx and the app
: "${LOGS:=/var/log/stores}"
: "${BACKUPS:=/var/backups/stores}"

: "${LISTEN:=[::]:80 ipv6only=off}" # where nginx listens: IPv4 and IPv6
: "${API_CONF:=/etc/nginx/snippets/stores-api.conf}"
: "${RATE:=10r/s}" # how many requests one IP address may send
: "${BURST:=50}"   # how many more at once

: "${VENV:=python3 -m venv}"
: "${INSTALL:=pip install --quiet --disable-pip-version-check --only-binary :all:}"
: "${UWSGI:=pyuwsgi==2.0.30.post1}" # the package that contains uWSGI
: "${SYSTEMCTL:=systemctl}"
: "${READY_SECONDS:=30}" # how long a new release may take until it is ready
: "${KEEP:=14}"          # how many backups to keep

# Print a file with @NAME@ replaced by the setting NAME, if it is one of these.
RENDERED=(DOMAIN SERVICE APP_USER APP_ROOT ENVIRONMENT SOCKET LOGS LISTEN API_CONF
    RATE BURST HERE)
render() {
    local text name
    text=$(<"$1")
    for name in "${RENDERED[@]}"; do
        text=${text//@$name@/${!name}}
    done
    printf '%s\n' "$text"
}

# Continue as a command, as the app's user and with the app's environment variables.
# Call it in a subshell, since it does not return.
become_app() {
    set -a
    # shellcheck source=/dev/null
    source "$ENVIRONMENT"
    HOME=$APP_ROOT
    if [ "$(id -un)" = "$APP_USER" ]; then
        exec "$@"
    fi
    exec setpriv --reuid "$APP_USER" --regid "$APP_USER" --init-groups -- "$@"
}
