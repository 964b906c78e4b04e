// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// Words that are offered to a shell.
///
/// Names of snapshots, containers and files may be anybody's. Bash expands what it is offered (`compgen -W`), commands in it
/// as well, so that pressing Tab would run them; a word with a character by which a shell does more than take it is not
/// offered.
enum ShellWord {
    private static let plain = "._-/:=@%+, "

    /// The words that can be offered, as the shell that asks wants them.
    static func offered(_ words: [String], to shell: CompletionShell? = CompletionShell.requesting) -> [String] {
        let words = words.filter { word in
            !word.isEmpty
                && word.unicodeScalars.allSatisfy { scalar in
                    scalar.isASCII
                        ? Character(scalar).isLetter || Character(scalar).isNumber
                            || plain.unicodeScalars.contains(scalar)
                        : scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                }
        }
        // What stands behind a colon is a description there (zshcompsys, `_describe`).
        return shell == .zsh ? words.map { $0.replacing(":", with: "\\:") } : words
    }
}
