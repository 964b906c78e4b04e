# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Finds, or on Debian installs, a compose tool; sourced after common.sh.

# Prints the compose command: "docker-compose" (v1 or v2) or "docker compose".
compose_command() {
    if command -v docker-compose >/dev/null; then
        echo docker-compose
    elif docker compose version >/dev/null 2>&1; then
        echo docker compose
    else
        return 1
    fi
}

ensure_compose() {
    compose_command >/dev/null || apt_install docker-compose
    compose_command >/dev/null || die "no compose tool, and Debian's docker-compose did not bring one"
}
