"""The environment of the emulator's process, and so of every handler it starts."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping

from settings import LOOPBACK, Settings
from state_dir import StateDir

# What a process needs to find its programs and speak UTF-8. Handlers inherit the emulator's environment, so
# everything else stays out: AWS credentials and profiles, NODE_OPTIONS of a calling npm, and MiniStack's own switches.
PASSED_ON = frozenset({"PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH"})


def for_emulator(inherited: Mapping[str, str], settings: Settings, state_dir: StateDir, key: str) -> dict[str, str]:
    """The whole environment to run with: what is passed on of the inherited one, and the emulator's settings."""
    passed_on = {name: value for name, value in inherited.items() if name in PASSED_ON}
    return passed_on | {
        "BIND_HOST": LOOPBACK,
        "MINISTACK_HOST": LOOPBACK,
        "GATEWAY_PORT": str(settings.port),
        "STATE_DIR": str(state_dir.state),
        "PERSIST_STATE": "1" if settings.persist else "0",
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state_dir.objects),
        "TMPDIR": str(state_dir.scratch),
        "LOG_LEVEL": settings.log_level.upper(),
        "AWS_ACCESS_KEY_ID": key,
        # The AWS SDKs of handlers: no profile of the person at the machine, no instance metadata.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # Lambda's environments run in UTC.
        "TZ": "UTC",
        # AWS retries a failed asynchronous invocation after one minute, then after two.
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "60",
        "LAMBDA_ASYNC_RETRY_MAX_SECONDS": "120",
        # MiniStack would open these ports on every interface, and tidy up the containers of this machine.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{state_dir.root}/no-docker.sock",
    }


def replace(wanted: Mapping[str, str], target: MutableMapping[str, str] = os.environ) -> None:
    """Makes target hold exactly what is wanted."""
    target.clear()
    target.update(wanted)
