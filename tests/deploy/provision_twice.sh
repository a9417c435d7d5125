#!/usr/bin/env bash
# Run provision.sh of section 8 twice in a new, empty system; the second run must change
# nothing. It needs root, debootstrap, the internet and two minutes:
#   sudo tests/deploy/provision_twice.sh bookworm
# A second argument is the mirror, if not the usual one of debootstrap.
set -euo pipefail
suite=$1 mirror=${2:-}
school=$(cd "$(dirname "$0")/../.." && pwd)
root=$(mktemp -d)
chmod 755 "$root" # other users than root must find its programs
manager=/opt/school/classroom/own_server/service_manager.py

finish() {
    if [ -e "$root/run/manager.pid" ]; then
        kill "$(cat "$root/run/manager.pid")"
    fi
    chroot "$root" /usr/local/bin/systemctl stop postgresql || true
    umount --lazy "$root/proc" "$root/dev" # programs may still be ending
    rm -rf --one-file-system "$root"
}

# No systemd runs in there: units are enabled, and the stand-in of the rehearsal runs them.
make_systemctl() {
    cat >"$root/usr/local/bin/systemctl" <<SYSTEMCTL
#!/bin/bash
ask_manager() { python3 -I -S ${manager%/*}/systemctl.py /run/units/control "\$@"; }
case "\$*" in
*postgresql*)
    cluster=\$(pg_lsclusters -h | awk '{print \$1, \$2}')
    if [ "\$1" = stop ]; then
        pg_ctlcluster \$cluster stop
    elif ! pg_ctlcluster \$cluster status >/dev/null; then
        pg_ctlcluster \$cluster start
    fi
    ;;
enable*stores.socket*)
    if [ ! -e /run/units ]; then
        mkdir /run/units
        cp /etc/systemd/system/stores.socket /etc/systemd/system/stores*.service /run/units
        python3 -I -S $manager /run/units &>/run/manager.log &
        echo \$! >/run/manager.pid
        until [ -e /run/units/control ]; do sleep 0.1; done
        ask_manager start stores.socket
    fi
    /usr/bin/systemctl enable --quiet stores.socket stores-backup.timer
    ;;
enable*) /usr/bin/systemctl "\$@" ;;
*stores*) ask_manager "\$@" ;;
esac
SYSTEMCTL
    chmod +x "$root/usr/local/bin/systemctl"
}

# A container may not change the firewall of its host.
make_ufw() {
    printf '#!/bin/sh\n' >"$root/usr/local/sbin/ufw"
    chmod +x "$root/usr/local/sbin/ufw"
}

provision() {
    chroot "$root" /usr/bin/env HOME=/root \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        /opt/school/section08_digitalocean/provision.sh
}

# Every file that provision.sh may write: its rights, its time and its content.
list_files() {
    (
        cd "$root"
        find etc home root srv var/backups var/log/stores \
            -not -name '*.pyc' -not -name __pycache__ -printf '%p %m %u %g %l ' \
            \( -type f -printf '%s %T@\n' -o -printf '\n' \) | sort
        find etc home -type f -exec sha256sum {} + | sort
    )
}

debootstrap --variant=minbase --include=ca-certificates,systemd "$suite" "$root" ${mirror:+"$mirror"}
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
trap finish EXIT
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp -r /etc/ssl/certs/. "$root/etc/ssl/certs"
if [ -e /etc/pip.conf ]; then
    cp /etc/pip.conf "$root/etc/pip.conf"
fi
if [ "$suite" = noble ]; then
    sed -i "s/ main\$/ main universe/" "$root/etc/apt/sources.list"
fi
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # start nothing by itself
chmod +x "$root/usr/sbin/policy-rc.d"
mkdir -p "$root/root/.ssh" "$root/opt/school"
echo "ssh-ed25519 AAAA test" >"$root/root/.ssh/authorized_keys"
git -c safe.directory="$school" clone --quiet "file://$school" "$root/opt/school"
make_systemctl
make_ufw

provision
list_files >"$root/first"
provision
list_files >"$root/second"
diff "$root/first" "$root/second"
chroot "$root" curl --fail --silent --unix-socket /run/stores.sock http://localhost/stores
echo "The second run changed nothing."
