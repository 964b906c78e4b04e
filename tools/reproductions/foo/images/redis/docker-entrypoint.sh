#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs the server as the user redis, with its data in the working folder.
set -euo pipefail

if [[ $1 == redis-server && $EUID -eq 0 ]]; then
    find . ! -user redis -exec chown redis:redis {} +
    exec setpriv --reuid=redis --regid=redis --init-groups "${BASH_SOURCE[0]}" "$@"
fi

exec "$@"
