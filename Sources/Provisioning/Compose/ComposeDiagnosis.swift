// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import JSONTree

/// Makes of a compose tool's output what went wrong and what to do about it.
struct ComposeDiagnosis: Sendable {
    /// What was to be done, as `bringing up foo-host-corge`.
    let purpose: String
    /// The engine on which it was done.
    let engine: Engine
    /// The compose files, to tell the line.
    let files: [ComposeText]
    let status: Int32
    let output: [String]

    /// The failure.
    func error() async -> ProvisioningError {
        let text = output.joined(separator: "\n")
        if let error = await takenPort(in: text) { return error }
        if let error = badFile(in: text) { return error }
        let message = "\(purpose): the compose tool ended with status \(status)"
        return ProvisioningError(.composeFailed, "\(message): \(complaint)", hint: hint(for: text))
    }

    /// The lines that say what is wrong, else the last ones.
    private var complaint: String {
        let marks = ["error", "invalid", "denied", "cannot", "can't", "failed", "not found", "no such"]
        let telling = output.filter { line in
            let line = line.lowercased()
            return marks.contains { line.contains($0) }
        }
        let lines = telling.isEmpty ? output.suffix(3) : telling.suffix(3)
        return lines.isEmpty ? "it said nothing" : lines.joined(separator: "; ")
    }

    private func hint(for text: String) -> String? {
        let text = text.lowercased()
        if text.contains("pool overlaps") || text.contains("address space") {
            return
                "a network of the engine has that subnet already: docker network ls; remove it or choose another subnet"
        }
        if text.contains("pull access denied") || text.contains("manifest unknown") || text.contains("no such image") {
            return "build the image, load it, or log in to its registry: docker login"
        }
        if text.contains("no space left") { return "the engine is out of space: docker system df" }
        if text.contains("is already in use by container") || text.contains("conflict. the container name") {
            return "remove the container of that name, or rename the service"
        }
        return "run it by hand to see all of its output"
    }

    // MARK: Ports

    private func takenPort(in text: String) async -> ProvisioningError? {
        guard text.contains("port is already allocated") || text.contains("address already in use"),
            let line = output.last(where: { $0.contains("already allocated") || $0.contains("already in use") }),
            let port = Self.port(in: line)
        else { return nil }
        let user = await user(of: port)
        return ProvisioningError(
            .portTaken, "\(purpose): port \(port) is taken" + (user.map { " by the container \($0)" } ?? ""),
            hint: user.map { "stop it (docker stop \($0)), or publish another port" }
                ?? "see who listens there (ss -ltnp 'sport = :\(port)'), or publish another port")
    }

    /// The number behind the last colon that has one: `Bind for 0.0.0.0:80 failed: port is already allocated`.
    static func port(in line: String) -> Int? {
        let end = line.firstRange(of: "already")?.lowerBound ?? line.endIndex
        let numbers = line[..<end].split(separator: ":").dropFirst().compactMap { part in
            Int(part.prefix { $0.isASCII && $0.isNumber })
        }
        return numbers.last { (1...65535).contains($0) }
    }

    private func user(of port: Int) async -> String? {
        let containers = (try? await engine.listContainers(all: false).value.array) ?? []
        let user = containers.first { container in
            (container["Ports"].array ?? []).contains { $0["PublicPort"].int == Int64(port) }
        }
        return user?["Names"][0].string.map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
    }

    // MARK: Compose files

    /// An error in a compose file, with its line where a key is named: `services.web Additional property imgae is not
    /// allowed` (version 2), `Unsupported config option for services.web: 'imgae'` (version 1).
    private func badFile(in text: String) -> ProvisioningError? {
        let marks = [
            "is invalid because", "is not allowed", "Unsupported config option", "validating", "must be a", "yaml:",
            "undefined service", "has neither an image nor a build context", "depends on undefined",
            "Additional properties",
        ]
        guard let line = output.last(where: { line in marks.contains { line.contains($0) } }) else { return nil }
        let sentences = output.drop { $0 != line && !$0.contains("is invalid because") }.prefix(4)
        let place = place(of: sentences.joined(separator: " "))
        let message = sentences.map(Self.withoutMark).joined(separator: " ")
        return ProvisioningError(
            .badComposeFile, (place.map { "\($0): " } ?? "\(purpose): ") + message, hint: "mend the file, then again")
    }

    private static func withoutMark(_ line: String) -> String {
        line.hasPrefix("ERROR: ") ? String(line.dropFirst("ERROR: ".count)) : line
    }

    /// The file and line of the first thing that the sentence names.
    private func place(of sentence: String) -> String? {
        for path in Self.paths(in: sentence) {
            for file in files {
                guard let line = file.line(of: path) else { continue }
                return "\(file.file), line \(line)"
            }
        }
        return nil
    }

    /// The keys that a sentence names: dotted ones, with a word in quotes or behind `property` below them.
    static func paths(in sentence: String) -> [[String]] {
        let words = sentence.split { " ,;()\n".contains($0) }.map { $0.trimmingSigns }
        let sections = ["services.", "networks.", "volumes.", "configs.", "secrets."]
        var paths: [[String]] = []
        for (index, word) in words.enumerated() where sections.contains(where: { word.hasPrefix($0) }) {
            let path = word.split(separator: ".").map(String.init)
            let rest = words[(index + 1)...]
            let named = rest.firstIndex(of: "property").map { rest.index(after: $0) }.flatMap {
                rest.indices.contains($0) ? $0 : nil
            }
            if let named {
                paths.append(path + [words[named]])
            } else if let option = rest.first {
                paths.append(path + [option])
            }
            paths.append(path)
        }
        if let index = words.firstIndex(where: { $0.lowercased() == "service" }), index + 1 < words.count {
            paths.append(["services", words[index + 1]])
        }
        return paths
    }
}

extension Substring {
    /// The word without quotes and punctuation at its ends.
    fileprivate var trimmingSigns: String {
        let isSign: (Character) -> Bool = { "'\":.`".contains($0) }
        return String(drop(while: isSign).reversed().drop(while: isSign).reversed())
    }
}
