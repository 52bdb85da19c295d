/** The systemd unit that user data installs; operators stop and start the worker by this name. */
export const workerService = 'upload-worker.service';

/** Where the artifact is unpacked on an instance. */
const home = '/opt/upload-pipeline';

/** What the user data of a worker instance is made of. */
export interface UserDataProps {
  readonly region: string;
  /** `s3://bucket/key` of the artifact: Node and the worker in one archive. */
  readonly artifactUri: string;
  /** Environment variables of the worker. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The script that turns a bare instance into a worker, at its first boot. It needs nothing but what Amazon Linux 2023
 * brings (bash, tar, systemd, the AWS CLI) and S3: no package mirror, no NAT.
 */
export function workerUserData({ region, artifactUri, environment }: UserDataProps): string {
  const settings = Object.entries(environment).map(([name, value]) => `Environment="${name}=${value}"`);
  return `#!/bin/bash
set -euo pipefail

# The role's credentials and the endpoint's DNS may take a moment after boot.
for attempt in 1 2 3 4 5 6 7 8; do
  if aws s3 cp --only-show-errors --region ${region} ${artifactUri} /tmp/worker.tar.gz; then break; fi
  if [ "$attempt" = 8 ]; then echo "The artifact ${artifactUri} could not be downloaded." >&2; exit 1; fi
  echo "Download attempt $attempt failed, trying again." >&2
  sleep "$attempt"
done
mkdir -p ${home}
tar -xzf /tmp/worker.tar.gz -C ${home}
rm /tmp/worker.tar.gz

cat > /etc/systemd/system/${workerService} <<'UNIT'
[Unit]
Description=Upload Pipeline worker
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=${home}/bin/node ${home}/worker.js
${settings.join('\n')}
Restart=always
RestartSec=1
TimeoutStopSec=90
DynamicUser=yes
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now ${workerService}
`;
}
