// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel

/// Gathers what scanners find, and decides at the end which values can be looked for everywhere.
struct SecretCollector {
    private var found: [(finding: SecretFinding, hit: SecretHit)] = []
    /// Values that stand for something else as well.
    var ordinary: Set<[UInt8]> = []
    private(set) var notInspected: [Remark] = []
    private(set) var notInspectedCount = 0

    /// Takes note of a secret at a place.
    mutating func add(_ hit: SecretHit, object: String, place: String) {
        let finding = SecretFinding(object: object, place: place, name: hit.name, rule: hit.rule)
        found.append((finding, hit))
    }

    /// Takes note of so many things that are not looked into.
    mutating func addUninspected(_ object: String, _ text: String, count: Int) {
        guard count > 0 else { return }
        notInspected.append(Remark(object: object, text: text, weight: .note))
        notInspectedCount += count
    }

    /// Takes in what another one gathered.
    mutating func merge(_ other: SecretCollector) {
        found += other.found
        ordinary.formUnion(other.ordinary)
        notInspected += other.notInspected
        notInspectedCount += other.notInspectedCount
    }

    /// Leaves out findings of values that were found elsewhere: the engine's raw answers repeat the document.
    mutating func mergeNew(_ other: SecretCollector) {
        let known = Set(found.map(\.hit.value))
        var other = other
        other.found = other.found.filter { !known.contains($0.hit.value) }
        merge(other)
    }

    /// The report.
    ///
    /// A value that is also a name or part of one cannot be looked for: what bears the name would change.
    mutating func report(names: Set<String>, secretPaths: Set<String>) -> SecretReport {
        let bytesOfNames = names.map { Array($0.utf8) }
        var demoted: Set<[UInt8]> = []
        let strong = Set(found.filter { if case .strong = $0.hit.grade { true } else { false } }.map(\.hit.value))
        for value in strong {
            let search = PatternSet([value])
            let isWord = !TextScanner.isLikelySecret(value, isQuoted: true)
            if isWord && ordinary.contains(value) || bytesOfNames.contains(where: { search.first(in: $0) != nil }) {
                demoted.insert(value)
            }
        }
        let values = strong.subtracting(demoted)
        let weak = Set(found.map(\.hit.value)).subtracting(values)
        hideValues(values)
        return SecretReport(
            findings: unique { values.contains($0.value) && !$0.isContinuation },
            weakFindings: unique { weak.contains($0.value) && !$0.isContinuation }, notInspected: notInspected,
            notInspectedCount: notInspectedCount, values: values, weakValues: weak,
            users: Set(found.compactMap(\.hit.user).filter { !$0.isEmpty }).union([Array("postgres".utf8)]),
            secretPaths: secretPaths)
    }

    /// A secret may be the name of a member or a part of a file's name, and is not said then.
    private mutating func hideValues(_ values: Set<[UInt8]>) {
        let search = PatternSet(values)
        func shown(_ text: String) -> String {
            search.first(in: Array(text.utf8)) == nil ? text : "(a name with a secret in it)"
        }
        for index in found.indices {
            let (finding, hit) = found[index]
            found[index].finding = SecretFinding(
                object: shown(finding.object), place: shown(finding.place), name: shown(finding.name), rule: hit.rule)
        }
    }

    private func unique(_ isWanted: (SecretHit) -> Bool) -> [SecretFinding] {
        var seen: Set<SecretFinding> = []
        return found.filter { isWanted($0.hit) }.map(\.finding).filter { seen.insert($0).inserted }
    }
}
