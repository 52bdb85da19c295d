#!/bin/sh
# Runs as process 1 of new user, mount, pid and host name namespaces: assembles the private root of a body, moves into it and boots.
#   namespace-root.sh BODY_FOLDER PYTHON_ENVIRONMENT PYTHON_BASE_PREFIX HOST_NAME
set -eu
folder=$1 environment=$2 base_prefix=$3 host_name=$4
exec >>"$folder/console.log" 2>&1
hostname "$host_name"
root=$folder/root disk=$folder/disk

read_only() { # PATH: the host's own, at the same place
  mkdir -p "$root$1"
  mount --rbind "$1" "$root$1"
  mount -o remount,bind,ro "$root$1"
}

mkdir -p "$root"
mount -t tmpfs -o mode=755 body "$root"

# The system, as an AMI brings it.
for path in /usr /bin /sbin /lib /lib32 /lib64 /libx32; do
  if [ -L "$path" ]; then cp -P "$path" "$root$path"; elif [ -d "$path" ]; then read_only "$path"; fi
done
# The host's own units are not this machine's.
for path in /usr/lib/systemd /lib/systemd; do
  if [ -d "$root$path" ] && [ ! -L "$root/lib" -o "$path" != /lib/systemd ]; then mount -t tmpfs units "$root$path"; fi
done

# The instance's own disk.
for path in /etc /var /home /root /opt /srv /tmp /usr/local; do
  mkdir -p "$disk$path"
  [ -d "$root$path" ] || mkdir "$root$path"
  mount --bind "$disk$path" "$root$path"
done
chmod 1777 "$root/tmp"
mkdir -p "$root/run" "$root/var/log/journal" "$root/var/tmp" "$folder/journal"
mount -t tmpfs -o mode=755 run "$root/run"
ln -sfn /run "$root/var/run"
mkdir -p "$root/run/lock" && ln -sfn /run/lock "$root/var/lock"
mount --bind "$folder/journal" "$root/var/log/journal"

# What the harness lends: systemctl, journalctl and the AWS CLI, with the Python they run on.
case $base_prefix in /usr | /usr/*) ;; *) read_only "$base_prefix" ;; esac
read_only "$environment"
mkdir -p "$root/usr/local/bin"
# Its waits are made for slow services: half a second at each step by default.
printf '#!/bin/sh\nexec %s -c InitLoopSleep=1 -c MinimumYield=0.05 "$@"\n' "$environment/bin/systemctl3" >"$root/usr/local/bin/systemctl"
chmod +x "$root/usr/local/bin/systemctl"
ln -sfn "$environment/bin/journalctl3" "$root/usr/local/bin/journalctl"
ln -sfn "$environment/bin/aws" "$root/usr/local/bin/aws"

for path in /etc/ssl /etc/pki /etc/ca-certificates /etc/alternatives; do
  if [ -d "$path" ]; then mkdir -p "$root$path" && mount --rbind "$path" "$root$path" && mount -o remount,bind,ro "$root$path"; fi
done
for path in /etc/ld.so.cache /etc/nsswitch.conf /etc/mime.types /etc/resolv.conf; do
  if [ -e "$path" ]; then cp "$path" "$root$path"; fi
done
mkdir -p "$root/etc/systemd/system"
echo "$host_name" >"$root/etc/hostname"
printf '127.0.0.1 localhost %s\n' "$host_name" >"$root/etc/hosts"
printf 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
printf 'ID=upload-pipeline-body\nPRETTY_NAME="Upload Pipeline body"\n' >"$root/etc/os-release"
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"

mkdir -p "$root/proc" "$root/sys" "$root/dev"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount -t tmpfs -o mode=755 dev "$root/dev"
for name in null zero full random urandom tty; do
  : >"$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/shm"
mount -t tmpfs shm "$root/dev/shm"
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"

mkdir "$root/.host"
cd "$root"
pivot_root . .host
cd /
umount -l /.host
rmdir /.host

# What cloud-init does at the first boot, then the init that keeps the units running.
echo "boot: $host_name, $(date -u +%FT%TZ)"
if /var/lib/cloud/instance/user-data.txt; then
  echo "cloud-init: user data finished"
else
  echo "cloud-init: user data failed with exit code $?: this instance will not work" >&2
fi
exec systemctl --init default >/var/log/init.log 2>&1
