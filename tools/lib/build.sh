# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Building envsnap; sourced after common.sh, never run.

# Installs the system libraries that envsnap is linked to.
ensure_libraries() {
    apt_install libarchive-dev libsqlite3-dev libssl-dev libcurl4-openssl-dev pkg-config
}

# Fails with what to do unless there is a Swift toolchain.
need_swift() {
    command -v swift >/dev/null || die "no swift command here; install Swift 6.3 from swift.org"
}

# Builds the release binary, unless ENVSNAP_BINARY names one, and prints its path: release_binary ROOT
release_binary() {
    if [[ -n ${ENVSNAP_BINARY:-} ]]; then
        [[ -x $ENVSNAP_BINARY ]] || die "ENVSNAP_BINARY=$ENVSNAP_BINARY cannot be run"
        echo "$ENVSNAP_BINARY"
        return
    fi
    need_swift
    ensure_libraries
    # With the Swift runtime in it: it starts sooner, runs where there is no Swift, and is smaller in a helper's image.
    local options=(--package-path "$1" -c release --static-swift-stdlib)
    # In a command substitution the shell goes on after a failure.
    swift build "${options[@]}" --product envsnap >&2 || die "envsnap could not be built"
    echo "$(swift build "${options[@]}" --show-bin-path)/envsnap"
}
