#!/bin/sh
# Runs as process 1 of new user, mount, pid, IPC and host name namespaces: assembles the private root of a body, moves
# into it and becomes what runs at each boot. Prints `up` once the root is private.
#   namespace-root.sh BODY_FOLDER PYTHON_ENVIRONMENT PYTHON_BASE_PREFIX NODE HOST_NAME NOTE
# NODE: the program that the body has as `node`, as an AMI does that Node was baked into.
# NOTE: what the console says where there is no user data script.
set -eu
here=$(dirname -- "$0")
folder=$1 environment=$2 base_prefix=$3 node=$4 host_name=$5 note=$6
exec 3>&1 >>"$folder/console.log" 2>&1
hostname "$host_name"
root=$folder/root disk=$folder/disk

# Mounts and folders are collected: one process for many is ten times as quick as one for each.
table=$folder/fstab tab=$(printf '\t') kept=
: >"$table"
bind() { # SOURCE PATH-IN-THE-BODY
  printf '%s\t%s\tnone\trbind\n' "$1" "$root$2" >>"$table"
}
keep() { # SOURCE PATH-IN-THE-BODY, which stays writable
  bind "$1" "$2"
  kept="$kept$tab$root$2$tab"
}
lend() { # PATH...: the host's own at the same place
  for lent in "$@"; do
    shift
    if [ -d "$lent" ]; then
      bind "$lent" "$lent"
      set -- "$@" "$root$lent" "$disk$lent"
    fi
  done
  if [ $# -gt 0 ]; then mkdir -p "$@"; fi
}
cover() { # PATH...: an empty folder over the host's
  for covered in "$@"; do
    if [ -d "$covered" ]; then printf 'cover\t%s\ttmpfs\tmode=755\n' "$root$covered" >>"$table"; fi
  done
}
mount_all() {
  sed -i 's/ /\\040/g' "$table"
  mount --all --fstab "$table"
  : >"$table"
}

mkdir -p "$root"
mount -t tmpfs -o mode=755 body "$root"

# The system, as an AMI brings it, under the instance's own disk.
set --
for path in /usr /bin /sbin /lib /lib32 /lib64 /libx32; do
  if [ -L "$path" ]; then set -- "$@" "$path"; else lend "$path"; fi
done
if [ $# -gt 0 ]; then cp -P "$@" "$root"; fi
cd "$disk"
mkdir -p etc/systemd/system home root opt srv tmp usr/local/sbin var/tmp var/log/journal
chmod 1777 tmp var/tmp
ln -sfn /run var/run
ln -sfn /run/lock var/lock
: >var/log/cloud-init-output.log
(cd "$root" && mkdir -p etc var home root opt srv tmp usr/local)
for path in /etc /var /home /root /opt /srv /tmp /usr/local; do
  if [ "$path" != "$base_prefix" ]; then keep "$disk$path" "$path"; fi
done
lend "$environment" /etc/ssl /etc/pki /etc/ca-certificates /etc/alternatives
if [ "$base_prefix" != /usr ]; then lend "$base_prefix"; fi

# Of the kernel's own, what is there to be read. A harness that root started would else hand root's power to its bodies.
cd "$root"
mkdir -p proc dev/shm dev/pts run/lock run/systemd .host
chmod 1777 dev/shm
lend /sys/devices
printf 'proc\t%s\tproc\tdefaults\n' "$root/proc" >>"$table"
kept="$kept$tab$root/proc$tab"
for path in /proc/sys /proc/sysrq-trigger /proc/irq /proc/bus /proc/fs; do
  if [ -e "$path" ]; then bind "$root$path" "$path"; fi
done
mount_all

# Read-only by remounting, with all that is mounted below: it keeps the flags that must stay (nosuid, nodev).
grep -F " $root/" /proc/self/mountinfo | while read -r _ _ _ _ point _; do
  point=$(printf '%b' "$point")
  case $kept in *"$tab$point$tab"*) ;; *) mount -o remount,bind,ro "$point" ;; esac
done

# The host's units and keys are not this machine's.
cover /usr/lib/systemd /etc/ssl/private /etc/pki/tls/private
if [ ! -L /lib ]; then cover /lib/systemd; fi
bind "$folder/journal" /var/log/journal
bind "$folder/console.log" /var/log/cloud-init-output.log

# What the harness lends, with the Python it runs on.
tools=/usr/local/sbin
if [ "$base_prefix" = /usr/local ]; then bind "$disk$tools" "$tools"; fi
sh "$here/image/lend-tools.sh" "$disk$tools" "$environment"
: >"$disk$tools/node"
bind "$node" "$tools/node"
for tool in systemctl journalctl aws; do
  if [ -e "/usr/bin/$tool" ]; then bind "$disk$tools/$tool" "/usr/bin/$tool"; fi
done

printf 'pts\t%s\tdevpts\tnewinstance,ptmxmode=0666\n' "$root/dev/pts" >>"$table"
for name in null zero full random urandom tty; do
  : >"dev/$name"
  bind "/dev/$name" "/dev/$name"
done
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
mount_all
mount -o remount,bind,ro "$root$tools/node"
rm "$table"

cd etc
set --
for name in ld.so.cache nsswitch.conf mime.types resolv.conf protocols services; do
  if [ -e "/etc/$name" ]; then set -- "$@" "/etc/$name"; fi
done
if [ $# -gt 0 ]; then cp "$@" .; fi
echo "$host_name" >hostname
printf '127.0.0.1 localhost %s\n' "$host_name" >hosts
# What the instance itself may have changed since its first boot stays.
if [ ! -e machine-id ]; then
  printf 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n' >passwd
  printf 'root:x:0:\nnogroup:x:65534:\n' >group
  printf 'ID=upload-pipeline-body\nPRETTY_NAME="Upload Pipeline body"\n' >os-release
  tr -d - </proc/sys/kernel/random/uuid >machine-id
fi

cd "$root"
pivot_root . .host
cd /
umount -l /.host
rmdir /.host
echo up >&3
exec 3>&-

exec boot "$note"
