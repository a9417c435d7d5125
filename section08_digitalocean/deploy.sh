#!/usr/bin/env bash
# Deploy a commit:  sudo ./deploy.sh [COMMIT]
# Without COMMIT, it is the newest one of the branch. No request fails meanwhile: the new
# release is tried beside the old one, and systemd keeps the socket while they change.
set -euo pipefail
# shellcheck source=settings.sh
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

# Wait until /ready responds 200 at a socket; with a process id, only while it runs.
is_ready() {
    local socket=$1 process=${2:-$$} end=$((SECONDS + READY_SECONDS))
    while kill -0 "$process" 2>/dev/null && [ "$SECONDS" -lt "$end" ]; do
        if curl --silent --fail --output /dev/null --max-time 10 \
            --unix-socket "$socket" http://localhost/ready; then
            return
        fi
        sleep 0.2
    done
    return 1
}

# Let the link "current" point to a release, in one step: there is always one.
switch_to() {
    ln -s "$1" "$APP_ROOT/next"
    mv -T "$APP_ROOT/next" "$APP_ROOT/current"
}

find_commit() {
    repository=$(git -C "$HERE" rev-parse --show-toplevel)
    commit=${1:-FETCH_HEAD}
    if [ "$commit" = FETCH_HEAD ]; then
        git -C "$repository" fetch --quiet origin "$BRANCH"
    fi
    commit=$(git -C "$repository" rev-parse --verify --short=12 "$commit^{commit}")
}

# The same packages are installed once, and shared by all releases that need them.
find_packages() {
    required=$(git -C "$repository" show "$commit:$SECTION/requirements.txt")
    if [ "$SERVICE" = stores-uwsgi ]; then
        required+=$'\n'$UWSGI
    fi
    packages=$APP_ROOT/packages/$(sha256sum <<<"$required" | cut -c 1-12)
}

copy_files() {
    echo "==> Copy $SECTION of commit $commit to $release"
    mkdir -p "$release"
    git -C "$repository" archive "$commit:$SECTION" | tar -x -C "$release"
    echo "$version" >"$release/VERSION"
}

install_packages() {
    echo "==> Install its packages in $packages"
    if [ ! -e "$packages/complete" ]; then
        # shellcheck disable=SC2086  # VENV and INSTALL are commands with their options
        $VENV --clear "$packages"
        echo "$required" >"$packages/required.txt"
        # shellcheck disable=SC2086
        VIRTUAL_ENV=$packages PATH=$packages/bin:$PATH \
            $INSTALL -r "$packages/required.txt"
        touch "$packages/complete"
    fi
    ln -s "$packages" "$release/.venv"
    # nginx serves these files itself.
    local swagger_ui
    swagger_ui=$(find "$packages/lib" -path '*/flask_swagger_ui/dist')
    mkdir "$release/public"
    ln -s "$swagger_ui" "$release/public/swagger-ui"
}

# The old release keeps running, so a migration must suit both.
migrate() {
    echo "==> Upgrade the database"
    (cd "$release" && become_app .venv/bin/flask db upgrade)
}

try_release() {
    echo "==> Start it at a socket of its own, and wait until /ready responds"
    trial_folder=$(mktemp -d)
    chown "$APP_USER" "$trial_folder"
    (cd "$release" && become_app .venv/bin/gunicorn --workers 1 \
        --bind "unix:$trial_folder/socket" 'app:create_app()') &
    trial=$!
    is_ready "$trial_folder/socket" "$trial"
    stop_trial
}

stop_trial() {
    if [ -n "$trial" ]; then
        kill "$trial" 2>/dev/null || true
        wait "$trial" || true
        rm -rf "$trial_folder"
        trial=""
    fi
}

# systemd keeps the socket open: requests wait there while the service restarts.
start_release() {
    echo "==> Switch to it, and restart the service"
    switch_to "$release"
    "$SYSTEMCTL" restart "$SERVICE.service"
    is_ready "$SOCKET"
}

# Whatever failed, even Ctrl-C: the previous release continues.
roll_back() {
    stop_trial
    if [ -n "$previous" ] && [ "$(readlink "$APP_ROOT/current")" != "$previous" ]; then
        switch_to "$previous"
        "$SYSTEMCTL" restart "$SERVICE.service"
    fi
    rm -rf "$release"
    echo "==> The new release is not ready. The one before it continues." >&2
}

remove_old_releases() {
    local releases=("$APP_ROOT"/releases/*) folder
    while [ ${#releases[@]} -gt 5 ]; do
        rm -rf "${releases[0]}"
        releases=("${releases[@]:1}")
    done
    for folder in "$APP_ROOT"/packages/*; do
        if [ -z "$(find "$APP_ROOT/releases" -maxdepth 2 -lname "$folder")" ]; then
            rm -rf "$folder"
        fi
    done
}

umask 022
mkdir -p "$APP_ROOT/releases" "$APP_ROOT/packages"
exec 9>"$APP_ROOT/lock"
flock 9 # one deployment at a time
find_commit "$@"
find_packages
version="$SECTION $commit $SERVICE"
previous=$(readlink "$APP_ROOT/current" || true)
if [ "$(cat "$APP_ROOT/current/VERSION" 2>/dev/null)" = "$version" ]; then
    echo "==> $SECTION of commit $commit is already running"
    exit
fi
release=$APP_ROOT/releases/$(date +%Y%m%d-%H%M%S)-$commit
trial=""
trap roll_back EXIT
copy_files
install_packages
migrate
try_release
start_release
trap - EXIT
remove_old_releases
echo "==> $SECTION of commit $commit is running"
