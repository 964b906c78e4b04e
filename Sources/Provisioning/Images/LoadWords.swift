// SPDX-License-Identifier: Apache-2.0

/// What stands on the command line of `load`, told apart: images first, then hosts.
struct LoadWords: Sendable, Equatable {
    let images: [String]
    /// The hosts; none stands for all of them.
    let hosts: [String]

    /// Tells images and hosts apart.
    ///
    /// Hosts that are named by `--host` leave everything else to images. Else the last words that are names of the
    /// project's hosts are hosts, but never all words.
    ///
    /// - Parameters:
    ///   - isImage: Whether the engine has an image of a name.
    /// - Throws: `ProvisioningError` where a word is the name of both.
    init(
        _ words: [String], named: [String], hosts: Set<String>, isImage: (String) async throws -> Bool
    ) async throws {
        if let unknown = named.first(where: { !hosts.contains($0) }) {
            throw ProvisioningError(
                .noSuchHost, "the project has no host \"\(unknown)\" that runs",
                hint: hosts.isEmpty ? "no container of it holds an engine" : "there are: \(Self.list(hosts))")
        }
        guard named.isEmpty else {
            (images, self.hosts) = (words, named)
            return
        }
        var count = words.count
        while count > 1, hosts.contains(words[count - 1]) { count -= 1 }
        for word in words[count...] where try await isImage(word) {
            throw ProvisioningError(
                .unclear, "\"\(word)\" is a host of the project and an image of the engine",
                hint: "name hosts by an option: --host \(word); or write the image with its tag: \(word):latest")
        }
        (images, self.hosts) = (Array(words[..<count]), Array(words[count...]))
    }

    private static func list(_ names: Set<String>) -> String { names.sorted().joined(separator: ", ") }
}
