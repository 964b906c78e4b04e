# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Small helpers shared by the programs in tools/; sourced, never run.

# Says one line of progress on stderr, so that stdout carries results alone.
say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
    say "$*"
    exit 1
}

# Fails with what to do instead unless this process is root.
need_root() {
    [[ $EUID -eq 0 ]] || die "$1 needs root; run it with sudo"
}

# Installs those of the Debian packages named that are missing.
apt_install() {
    local package missing=()
    for package in "$@"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) == installed ]] ||
            missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null || die "no apt-get here: install ${missing[*]} by hand"
    need_root "installing ${missing[*]}"
    say "installing ${missing[*]}"
    local attempt output=
    for attempt in 1 2 3 4 5; do
        # The package lists may be missing or older than the archive: the first failure refreshes them.
        ((attempt == 1)) || apt-get update -qq >/dev/null 2>&1 || true
        if output=$(DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            -o DPkg::Lock::Timeout=300 "${missing[@]}" 2>&1); then
            return 0
        fi
        sleep $((attempt * 2))
    done
    tail -n 20 <<<"$output" >&2
    die "apt-get could not install ${missing[*]}"
}

# Waits until a command succeeds, at most so many seconds: wait_until SECONDS COMMAND…
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || return 1
        sleep 0.2
    done
}

# Whether the engine named by DOCKER_HOST or the docker context answers.
engine_answers() {
    timeout 15 docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# Makes the engine's reach a precondition, with the way to mend it.
need_engine() {
    command -v docker >/dev/null || die "no docker command here; run tools/engine start"
    engine_answers || die "no engine answers${DOCKER_HOST:+ at $DOCKER_HOST}; run tools/engine start"
}

has_image() {
    docker image inspect "$1" >/dev/null 2>&1
}
