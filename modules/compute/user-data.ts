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
}

/** What the user data of an instance is made of. */
export interface UserDataProps {
  readonly region: string;
  /** `s3://bucket/key` of the archives that the instance needs, unpacked over each other in this order. */
  readonly artifactUris: readonly string[];
  readonly service: Service;
}

/**
 * The script that turns a bare instance into a worker or a web server, at its first boot. It needs nothing but what
 * Amazon Linux 2023 brings (bash, tar, systemd, the AWS CLI) and S3: no package mirror, no NAT.
 */
export function userData({ region, artifactUris, service }: UserDataProps): string {
  // Disk for files while they are worked on: /tmp is memory on Amazon Linux 2023. systemd makes it below /var/cache.
  const scratch = service.unit.replace(/\.service$/, '');
  const variables = { ...service.environment, SCRATCH_FOLDER: `/var/cache/${scratch}` };
  const settings = [
    ...Object.entries(variables).map(([name, value]) => `Environment="${name}=${value}"`),
    ...(service.settings ?? []),
  ];
  return `#!/bin/bash
set -euo pipefail

# The role's credentials and the endpoint's DNS may take a moment after boot.
install() {
  for attempt in 1 2 3 4 5 6 7 8; do
    if aws s3 cp --only-show-errors --region ${region} "$1" - | tar -xzf - -C ${home}; then return; fi
    echo "Download attempt $attempt of $1 failed." >&2
    sleep "$attempt"
  done
  echo "$1 could not be downloaded and unpacked." >&2
  exit 1
}
mkdir -p ${home}
${artifactUris.map((uri) => `install ${uri}`).join('\n')}

cat > /etc/systemd/system/${service.unit} <<'UNIT'
[Unit]
Description=${service.description}
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=${home}/${service.program}
${settings.join('\n')}
Restart=always
RestartSec=1
# Settings that no restart can help.
RestartPreventExitStatus=78
TimeoutStopSec=90
CacheDirectory=${scratch}
DynamicUser=yes
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now ${service.unit}
`;
}
