// SPDX-License-Identifier: Apache-2.0
import Archive
public import EnvironmentModel
public import Steps

/// Compares two snapshots of one library, down to packages and files.
public struct SnapshotComparison: Sendable {
    private let library: SnapshotLibrary
    private let options: DataComparison.Options
    private let report: StepReport

    /// A comparison that reports what it reads.
    public init(
        library: SnapshotLibrary, options: DataComparison.Options, report: StepReport
    ) {
        self.library = library
        self.options = options
        self.report = report
    }

    /// All that differs between two snapshots.
    ///
    /// It blocks for as long as it reads.
    ///
    /// - Parameters:
    ///   - captured: The one document.
    ///   - found: The other one.
    ///   - readingBlobs: Whether packages and files are compared; else only what the documents say.
    public func difference(
        from captured: EnvironmentDocument, to found: EnvironmentDocument, readingBlobs: Bool
    ) throws -> EnvironmentDifference {
        var documents = EnvironmentDifference(
            captured: captured, found: found.engine, project: found.project, for: .difference)
        documents.addProbes(captured: captured.probes, found: found.probes)
        guard readingBlobs else { return documents }
        var difference = try addingPackages(to: documents)
        try compareFiles(of: captured, with: found, into: &difference)
        return difference
    }

    /// Compares the files of two snapshots; archives with one digest are the same and are not read.
    private func compareFiles(
        of captured: EnvironmentDocument, with found: EnvironmentDocument, into difference: inout EnvironmentDifference
    ) throws {
        let others = found.archives
        let captured = captured.archives
        for (subject, data) in captured {
            guard let other = others.first(where: { $0.subject.description == subject.description }) else {
                difference.addMissingData(of: subject, isCaptured: true)
                continue
            }
            guard other.data.digest != data.digest else { continue }
            let progress = report.begin("comparing \(subject)", bytes: data.size)
            defer { progress.end() }
            var comparison = DataComparison(subject, options)
            try comparison.compare(
                captured: progress.counting(try library.archiveBytes(data)), found: try library.archiveBytes(other.data)
            )
            difference.add(comparison.difference)
        }
        for (subject, _) in others where !captured.contains(where: { $0.subject.description == subject.description }) {
            difference.addMissingData(of: subject, isCaptured: false)
        }
    }

    /// Names the packages that differ in images that do.
    ///
    /// It blocks for as long as it reads.
    public func addingPackages(to difference: EnvironmentDifference) throws -> EnvironmentDifference {
        var difference = difference
        for index in difference.images.indices {
            let image = difference.images[index]
            report("reading the packages of \(image.subject.name)")
            difference.images[index].packages =
                try PackageLists(library: library).changes(from: image.captured, to: image.found)
        }
        return difference
    }
}
