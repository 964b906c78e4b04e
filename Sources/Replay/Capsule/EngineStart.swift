// SPDX-License-Identifier: Apache-2.0

/// How the engine of a capsule is started.
enum EngineStart {
    /// As its image says.
    case plain
    /// With its containerd before it, so that the engine finds it at once.
    ///
    /// An engine that starts a containerd of its own dials it before it listens, and gRPC dials again after a second
    /// (moby, `libcontainerd/supervisor`; gRPC's connection backoff).
    case containerdFirst

    /// The entrypoint that starts both, for an entrypoint and command that are an engine and its options; nil for others.
    ///
    /// What the image lacks for it is found out in the capsule, and then the engine starts as it would have.
    func entrypoint(for arguments: [String]) -> [String]? {
        guard self == .containerdFirst, arguments.first?.split(separator: "/").last == "dockerd" else { return nil }
        let own = ["--containerd", "--exec-root", "--config-file", "--data-root", "-g", "--graph"]
        guard !arguments.contains(where: { argument in own.contains { argument.hasPrefix($0) } }) else { return nil }
        return ["/bin/sh", "-c", Self.script, "dockerd"] + arguments
    }

    private static let script = """
        run=/run/docker/containerd
        if command -v containerd >/dev/null && ! grep -qs '"containerd"' /etc/docker/daemon.json; then
            mkdir -p "$run"
            rm -f "$run/containerd.sock"
            printf '%s\\n' 'version = 2' 'disabled_plugins = ["io.containerd.grpc.v1.cri"]' >"$run/first.toml"
            containerd --config "$run/first.toml" --root /var/lib/docker/containerd/daemon --state "$run/daemon" \\
                --address "$run/containerd.sock" &
            tries=0
            while [ ! -S "$run/containerd.sock" ] && [ "$tries" -lt 100 ]; do
                sleep 0.02 || sleep 1
                tries=$((tries + 1))
            done
            [ ! -S "$run/containerd.sock" ] || set -- "$@" --containerd "$run/containerd.sock"
        fi
        exec "$@"
        """
}
