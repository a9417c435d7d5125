#!/usr/bin/env bash
# Turn a new Ubuntu 24.04 into a running server:  sudo ./provision.sh
# It is safe to run again: what is as it should be already stays as it is.
set -euo pipefail
# shellcheck source=settings.sh
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

step() { echo "==> $*"; }

# Write the standard input into a file with these rights, if it is not there already.
write() {
    local file=$1 mode=$2 text
    text=$(cat)
    mkdir -p "$(dirname "$file")"
    if [ ! -e "$file" ] || [ "$(cat "$file")" != "$text" ]; then
        printf '%s\n' "$text" | install -m "$mode" /dev/stdin "$file"
        echo "    changed: $file"
    fi
}

as_postgres() { runuser -u postgres -- psql --no-psqlrc --quiet --tuples-only "$@"; }

install_programs() {
    step "Install programs"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update --quiet --quiet
    apt-get install --quiet --quiet --yes --no-install-recommends \
        curl git logrotate nginx openssh-server openssl postgresql python3-venv sudo ufw
}

add_users() {
    step "Add the user $ADMIN, with your keys, and $APP_USER, which cannot log in"
    if ! id "$ADMIN" >/dev/null 2>&1; then
        useradd --create-home --shell /bin/bash --groups sudo "$ADMIN"
        install -d -m 700 -o "$ADMIN" -g "$ADMIN" "/home/$ADMIN/.ssh"
        install -m 600 -o "$ADMIN" -g "$ADMIN" /root/.ssh/authorized_keys \
            "/home/$ADMIN/.ssh/authorized_keys"
    fi
    # The account has no password, so sudo cannot ask for one: the key is the proof.
    echo "$ADMIN ALL=(ALL) NOPASSWD: ALL" | write /etc/sudoers.d/stores 440
    if ! id "$APP_USER" >/dev/null 2>&1; then
        useradd --system --home-dir "$APP_ROOT" --shell /usr/sbin/nologin "$APP_USER"
    fi
}

close_ssh() {
    step "Allow SSH with keys only, and not as root"
    if [ ! -s "/home/$ADMIN/.ssh/authorized_keys" ]; then
        echo "    $ADMIN has no key in /home/$ADMIN/.ssh/authorized_keys:" \
            "you could not log in any more. Put your public key there first." >&2
        exit 1
    fi
    # Of several files, the first one with a setting decides: hence the 10.
    render "$HERE/sshd.conf" | write /etc/ssh/sshd_config.d/10-stores.conf 644
    mkdir -p /run/sshd
    sshd -t
    "$SYSTEMCTL" reload-or-restart ssh.service
}

start_firewall() {
    step "Let only SSH, HTTP and HTTPS through the firewall"
    ufw allow OpenSSH
    ufw allow 80/tcp
    ufw allow 443/tcp
    ufw --force enable
}

make_database() {
    step "Make the role and the database $APP_USER in PostgreSQL"
    "$SYSTEMCTL" enable --now --quiet postgresql.service
    # It has no password: PostgreSQL asks the system which user connects.
    if [ -z "$(as_postgres -c "SELECT 1 FROM pg_roles WHERE rolname = '$APP_USER'")" ]; then
        as_postgres -c "CREATE ROLE $APP_USER LOGIN CONNECTION LIMIT 20"
    fi
    if [ -z "$(as_postgres -c "SELECT 1 FROM pg_database WHERE datname = '$APP_USER'")" ]; then
        as_postgres -c "CREATE DATABASE $APP_USER OWNER $APP_USER"
    fi
    as_postgres -c "REVOKE ALL ON DATABASE $APP_USER FROM PUBLIC"
}

make_environment() {
    step "Write the app's environment variables to $ENVIRONMENT"
    if [ -e "$ENVIRONMENT" ]; then
        return # a new key would log all users out
    fi
    # systemd reads this file as root; the app only gets the variables.
    write "$ENVIRONMENT" 600 <<VARIABLES
FLASK_PRODUCTION=true
FLASK_JWT_SECRET_KEY=$(openssl rand -hex 32)
DATABASE_URL=postgres:///$APP_USER?host=/run/postgresql
VARIABLES
}

install_units() {
    step "Install the services: the app, and a backup each night"
    local file
    for file in "$HERE"/systemd/*; do
        render "$file" | write "/etc/systemd/system/$(basename "$file")" 644
    done
    "$SYSTEMCTL" daemon-reload
    "$SYSTEMCTL" enable --now --quiet stores.socket stores-backup.timer
    "$SYSTEMCTL" enable --quiet "$SERVICE.service"
}

install_site() {
    step "Put nginx in front of it"
    install -d -m 750 -o root -g adm "$LOGS"
    render "$HERE/nginx/stores.conf" | write /etc/nginx/conf.d/stores.conf 644
    render "$HERE/nginx/api.conf" | write "$API_CONF" 644
    render "$HERE/nginx/site.conf" | write /etc/nginx/sites-available/stores 644
    if [ ! -e /etc/nginx/sites-enabled/stores ]; then # not instead of section 9's site
        ln -sfn /etc/nginx/sites-available/stores /etc/nginx/sites-enabled/stores
    fi
    rm -f /etc/nginx/sites-enabled/default
    render "$HERE/logrotate.conf" | write /etc/logrotate.d/stores 644
    nginx -t -q
    "$SYSTEMCTL" reload-or-restart nginx.service
}

umask 022
install_programs
add_users
close_ssh
start_firewall
make_database
make_environment
install_units
if [ ! -e "$APP_ROOT/current" ]; then
    "$HERE/deploy.sh" HEAD
fi
install_site
step "Done: http://$(hostname -I | cut -d ' ' -f 1)/stores"
