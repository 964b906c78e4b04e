// SPDX-License-Identifier: Apache-2.0
import Catalogue
import Foundation
import JSONTree
import Replay
import Terminal

/// Holds the powers that a snapshot asks for against those that were allowed.
struct PowerConsent: Sendable {
    let snapshot: SnapshotRecord
    /// What the snapshot asks for; nothing where it was captured here.
    let asked: [PowerRequest]
    /// The values of `--allow`.
    let allowed: [String]
    /// The command line, to be repeated with what is missing.
    var command = ProcessInfo.processInfo.arguments

    private var missing: [PowerRequest] { asked.filter { !allowed.contains($0.flag) } }

    /// - Throws: wrong usage where something was allowed that is not asked for.
    func refuseUnknown() throws {
        let unknown = allowed.filter { value in !asked.contains { $0.flag == value } }
        guard !unknown.isEmpty else { return }
        var failure = Failure(
            "badPower",
            "\(snapshot.called) does not ask for \(unknown.joined(separator: ", "))"
                + (asked.isEmpty ? ": it asks for nothing" : "; it asks for"),
            hint: "leave out what it does not ask for", status: .usage)
        failure.lines = Self.lines(asked)
        throw failure
    }

    /// - Throws: the refusal, with what is missing and the command that allows it.
    func refuseMissing() throws {
        guard !missing.isEmpty else { return }
        let origin = snapshot.origin.map { " (\($0.kind.rawValue) from \($0.source))" } ?? ""
        var failure = Failure(
            "refused",
            "\(snapshot.called) came from elsewhere\(origin) and asks for powers that were not allowed",
            hint: "if you trust whoever made it with this machine: \(commandWithAll)", status: .refused)
        failure.lines =
            Self.lines(missing) + [
                "envsnap show looks at it without running anything. Where you do not know whoever made it, replay it in a "
                    + "virtual machine that you throw away."
            ]
        failure.details = ["powers": json, "command": .string(commandWithAll)]
        throw failure
    }

    private static func lines(_ requests: [PowerRequest]) -> [String] {
        requests.flatMap { [$0.flag, "    " + $0.power.meaning] }
    }

    private var commandWithAll: String {
        let program = command.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? "envsnap"
        let words = [program] + command.dropFirst() + missing.flatMap { ["--allow", $0.flag] }
        return words.map(\.shellQuoted).joined(separator: " ")
    }

    /// What is asked for, for people.
    var lines: [String] {
        asked.isEmpty ? [] : ["it asks for"] + Self.lines(asked).map { "  \($0)" }
    }

    /// What is asked for, for programs.
    var json: JSONValue {
        .array(
            asked.map { request in
                [
                    "allow": .string(request.flag), "power": .string(request.power.name),
                    "object": .string(request.path), "meaning": .string(request.power.meaning),
                    "allowed": .bool(allowed.contains(request.flag)),
                ]
            })
    }
}

extension String {
    /// The text as one word of a POSIX shell.
    var shellQuoted: String {
        let plain = "_-./:=@%+,"
        let isPlain =
            !isEmpty
            && unicodeScalars.allSatisfy {
                $0.isASCII && (CharacterSet.alphanumerics.contains($0) || plain.unicodeScalars.contains($0))
            }
        return isPlain ? self : "'" + replacing("'", with: #"'\''"#) + "'"
    }
}
