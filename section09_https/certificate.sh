#!/usr/bin/env bash
# Get a certificate for a domain and its www, and serve the API with HTTPS.
#     sudo ./certificate.sh example.com
# It is safe to run again: a certificate stays until it is due for renewal.
set -euo pipefail
DOMAIN=${1:?"Which domain? For instance: sudo ./certificate.sh example.com"}
# shellcheck source=settings.sh
source "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

step() { echo "==> $*"; }

# On Ubuntu, the package brings a timer that renews certificates.
install_certbot() {
    step "Install certbot"
    if ! command -v certbot >/dev/null; then
        apt-get update --quiet --quiet
        apt-get install --quiet --quiet --yes --no-install-recommends certbot
    fi
}

# Let nginx serve a site of this section instead of the one before.
serve() {
    mkdir -p "$WEBROOT"
    render "$HTTPS/nginx/challenge.conf" >"$CHALLENGE_CONF"
    render "$HTTPS/nginx/tls.conf" >"$TLS_CONF"
    render "$HTTPS/nginx/redirect.conf" >"$REDIRECT_CONF"
    render "$HTTPS/nginx/$1" >"$SITE"
    ln -sfn "$SITE" "$ENABLED"
    nginx -t -q
    $RELOAD
}

# The authority asks for a file at both names, over HTTP; certbot writes it to $WEBROOT.
request() {
    certbot certonly --non-interactive --agree-tos --register-unsafely-without-email \
        --webroot --webroot-path "$WEBROOT" --cert-name "$DOMAIN" \
        --domain "$DOMAIN" --domain "www.$DOMAIN" --keep-until-expiring "$@"
}

umask 022
install_certbot
if [ ! -e "$SITE" ]; then # both sites of this section serve these files
    step "Serve the files by which the authority checks the domain"
    serve http.conf
fi
if [ ! -e "$CERTIFICATES/$DOMAIN/fullchain.pem" ]; then
    step "Try it, without using up the authority's limits"
    request --dry-run
fi
step "Get a certificate for $DOMAIN and www.$DOMAIN"
request --deploy-hook "$RELOAD"
step "Serve HTTPS"
serve https.conf
step "Done: $ORIGIN/stores"
