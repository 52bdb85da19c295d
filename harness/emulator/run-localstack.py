"""Runs LocalStack with the objects of S3 in its own temporary folder (TMPDIR).

LocalStack 4.14.0 keeps them at one fixed place of the machine: labs side by side would share it, and leave it behind.
"""

import os
import runpy
import tempfile

from localstack.services.s3 import provider

provider.DEFAULT_S3_TMP_DIR = os.path.join(tempfile.gettempdir(), "s3")
runpy.run_module("localstack.runtime.main", run_name="__main__", alter_sys=True)
