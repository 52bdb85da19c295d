#!/bin/sh
# As in the published image, LOCALSTACK_X sets X.
for name in $(env | sed -n 's/^LOCALSTACK_\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p' | grep -v '^HOST'); do
  eval "export $name=\"\$LOCALSTACK_$name\""
done
mkdir -p /var/lib/localstack/logs
exec localstack-supervisor
