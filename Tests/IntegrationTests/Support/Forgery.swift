// SPDX-License-Identifier: Apache-2.0

/// A bundle whose document says something else than what was captured, with digests that fit: what somebody with a text
/// editor makes.
enum Forgery {
    /// Writes another bundle with the document changed by statements of Python on `document`.
    static func make(from bundle: String, to forged: String, _ statements: String) throws {
        try Command.run("python3", "-c", script, bundle, forged, statements)
    }

    private static let script = """
        import hashlib, io, json, sys, tarfile
        source, target, statements = sys.argv[1:]
        members = [(m.name, t.extractfile(m).read()) for t in [tarfile.open(source)] for m in t]
        canonical = lambda value: json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        digest = lambda content: hashlib.sha256(content).hexdigest()
        index, manifest = json.loads(members[1][1]), json.loads(members[2][1])
        document = json.loads(members[3][1])
        containers = {c["inspect"]["Config"]["Labels"]["com.docker.compose.service"]: c
                      for c in document["engine"]["containers"]}
        exec(statements)
        content = canonical(document)
        manifest["config"].update(digest="sha256:" + digest(content), size=len(content))
        manifest = canonical(manifest)
        index["manifests"][0].update(digest="sha256:" + digest(manifest), size=len(manifest))
        with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as tar:
            for name, content in [
                (members[0][0], members[0][1]), ("index.json", canonical(index)),
                ("blobs/sha256/" + digest(manifest), manifest), ("blobs/sha256/" + digest(content), content),
            ] + members[4:]:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(content), 0o644
                tar.addfile(entry, io.BytesIO(content))
        """
}
