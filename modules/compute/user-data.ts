import type { Artifact } from '../storage';

/** Where artifacts are unpacked on an instance. */
const home = '/opt/upload-pipeline';

/** A program of the artifacts that systemd keeps running. */
export interface Service {
  /** Name of the systemd unit, as `upload-worker.service`; operators stop and start the program by it. */
  readonly unit: string;
  readonly description: string;
  /** Path of the program in the artifacts. */
  readonly program: string;
  /** Environment variables of the program. */
  readonly environment: Readonly<Record<string, string>>;
  /** Further lines of the unit's section `[Service]`, as `LimitNOFILE=65536`. @default none */
  readonly settings?: readonly string[];
  /** How long it may take to stop before systemd kills it, in seconds. @default 90 */
  readonly stopSeconds?: number | undefined;
}

/** What the user data of an instance is made of. */
export interface UserDataProps {
  /** AWS region that it stands in. */
  readonly region: string;
  /** Archives that the instance needs, unpacked side by side: no two may bring the same file. */
  readonly artifacts: readonly Pick<Artifact, 's3Uri' | 'unless'>[];
  /** Packages of the distribution that are installed first. @default none: no mirror is needed */
  readonly packages?: readonly string[];
  /** Program that its instances run. */
  readonly service: Service;
}

/**
 * The script that turns a bare instance into a worker or a web server, at its first boot. It needs nothing but what
 * Amazon Linux 2023 brings (bash, tar, systemd, the AWS CLI) and S3: no NAT, and no package mirror unless packages are
 * asked for. What is fetched is tried again: S3, a mirror or the role's credentials may be away for a moment.
 */
export function userData({ region, artifacts, packages = [], service }: UserDataProps): string {
  // Disk for files while they are worked on: /tmp is memory on Amazon Linux 2023. systemd makes it below /var/cache.
  const scratch = service.unit.replace(/\.service$/, '');
  const variables = { ...service.environment, SCRATCH_FOLDER: `/var/cache/${scratch}` };
  const settings = [
    ...Object.entries(variables).map(([name, value]) => `Environment="${name}=${value}"`),
    ...(service.settings ?? []),
  ];
  const installations = packages.length === 0 ? [] : [`patiently dnf install -y ${packages.join(' ')}`];
  return `#!/bin/bash
set -euo pipefail

# Up to 8 times, for half a minute in all.
patiently() {
  for attempt in 1 2 3 4 5 6 7 8; do
    if "$@"; then return; fi
    echo "Attempt $attempt of: $* failed." >&2
    sleep "$attempt"
  done
  echo "Given up: $*" >&2
  exit 1
}
unpack() { aws s3 cp --only-show-errors --region ${region} "$1" - | tar -xzf - -C ${home}; }
mkdir -p ${home}
${[...installations, 'unpacking=', ...artifacts.map(fetching)].join('\n')}
for archive in $unpacking; do wait $archive; done

cat > /etc/systemd/system/${service.unit} <<'UNIT'
[Unit]
Description=${service.description}
Wants=network-online.target
After=network-online.target
# A program that cannot start is tried again for ever: the group counts its instance as healthy.
StartLimitIntervalSec=0

[Service]
ExecStart=${home}/${service.program}
${settings.join('\n')}
Restart=always
RestartSec=1
# Settings that no restart can help.
RestartPreventExitStatus=78
TimeoutStopSec=${service.stopSeconds ?? 90}
CacheDirectory=${scratch}
DynamicUser=yes
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
UNIT
systemctl enable --now ${service.unit}
`;
}

function fetching({ s3Uri, unless }: UserDataProps['artifacts'][number]): string {
  return `${unless === undefined ? '' : `${unless} || `}patiently unpack ${s3Uri} & unpacking="$unpacking $!"`;
}
