#!/usr/bin/env bash
# The settings of section 8, and what HTTPS adds to them.
# shellcheck disable=SC2034  # certificate.sh uses the variables

HTTPS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../section08_digitalocean/settings.sh
source "$HTTPS/../section08_digitalocean/settings.sh"

: "${ORIGIN:=https://$DOMAIN}"               # where everything else is redirected to
: "${HTTPS_LISTEN:=[::]:443 ipv6only=off}"   # where nginx listens: IPv4 and IPv6
: "${WEBROOT:=/var/www/acme}"                # the files by which the domain is checked
: "${CERTIFICATES:=/etc/letsencrypt/live}"   # certbot has a folder for each there
: "${SITE:=/etc/nginx/sites-available/stores-https}"
: "${ENABLED:=/etc/nginx/sites-enabled/stores}" # a link to the site that nginx serves
: "${TLS_CONF:=/etc/nginx/snippets/stores-tls.conf}"
: "${CHALLENGE_CONF:=/etc/nginx/snippets/stores-challenge.conf}"
: "${REDIRECT_CONF:=/etc/nginx/snippets/stores-redirect.conf}"

: "${RELOAD:=systemctl reload nginx.service}" # after each renewal, certbot runs it

HTTPS_ADDRESS=${HTTPS_LISTEN%% *} # options may only be given once
RENDERED+=(ORIGIN HTTPS_LISTEN HTTPS_ADDRESS WEBROOT CERTIFICATES TLS_CONF CHALLENGE_CONF
    REDIRECT_CONF)
