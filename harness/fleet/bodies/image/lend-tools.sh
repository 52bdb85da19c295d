#!/bin/sh
# Puts into TARGET what an AMI brings and a body lacks: systemctl, journalctl, the AWS CLI, and what runs at each boot.
#   lend-tools.sh TARGET PYTHON_ENVIRONMENT
set -eu
target=$1 environment=$2 here=$(dirname -- "$0")
cp "$here/journalctl" "$here/boot" "$target"
# The waits of the systemctl replacement are made for slow services: half a second at each step by default, twice before a unit runs.
cat >"$target/systemctl" <<END
#!/bin/sh
exec $environment/bin/python -I -m systemctl2.systemctl3 -c InitLoopSleep=1 -c MinimumYield=0.02 "\$@"
END
# Python's garbage collector would take a quarter of its time: there is little garbage, and it ends soon.
cat >"$target/aws" <<END
#!/bin/sh
exec $environment/bin/python -I -c '
import gc, sys
gc.set_threshold(1_000_000)
sys.argv[0] = "aws"
from awscli.clidriver import main
code = main()
gc.freeze()
sys.exit(code)' "\$@"
END
cd "$target"
chmod 755 journalctl boot systemctl aws
