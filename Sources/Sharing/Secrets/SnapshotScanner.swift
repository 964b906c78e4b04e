// SPDX-License-Identifier: Apache-2.0

import Archive
public import Catalogue
import ContentStore
import EnvironmentModel
import OCI
public import Snapshots
public import Steps

/// Looks for secrets in a snapshot: the document, the images' configurations and history, the engines' answers, and the
/// text files of all data archives.
///
/// Image layers, larger files and what is no text are not looked into; the report lists them.
public struct SnapshotScanner: Sendable {
    private let snapshot: SnapshotRecord
    private let library: SnapshotLibrary
    private let cancellation: Cancellation
    private let report: StepReport

    /// A scanner of a snapshot of the library.
    public init(
        _ snapshot: SnapshotRecord, library: SnapshotLibrary, cancellation: Cancellation,
        report: StepReport
    ) {
        self.snapshot = snapshot
        self.library = library
        self.cancellation = cancellation
        self.report = report
    }

    /// Looks into everything; blocks.
    public func scan() throws -> SecretReport {
        let bytes = try library.store.readDocument(snapshot.id)
        let document = try library.document(snapshot.id)
        report("looking for secrets")
        var collector = scan(document, bytes)
        try collector.merge(scanImages(of: document))
        let sources = SecretSources(of: document)
        let archives = document.distinctArchives
        let progress = report.begin("looking for secrets in files", bytes: archives.reduce(0) { $0 + $1.data.size })
        defer { progress.end() }
        let results = try Parallel.map(archives.count) { try scan(archives[$0], sources, progress) }
        for result in results { collector.merge(result) }
        try collector.mergeNew(scanAnswers(of: document))
        return collector.report(names: document.ownNames, secretPaths: sources.paths)
    }

    private func scan(_ document: EnvironmentDocument, _ bytes: [UInt8]) -> SecretCollector {
        var collector = SecretCollector()
        let (hits, ordinary) = JSONScanner.scan(bytes)
        collector.ordinary = ordinary
        for found in hits {
            let (object, field) = DocumentPlace(found.path, in: document).parts
            collector.add(found.hit, object: object, place: field)
        }
        return collector
    }

    private func scanImages(of document: EnvironmentDocument) throws -> SecretCollector {
        var collector = SecretCollector()
        var layers: Set<Digest> = []
        var seen: Set<Digest> = []
        for (path, engine) in document.engine.enginesWithPaths() {
            for image in engine.images where seen.insert(image.config).inserted {
                let name = "image \(path.objectName(image.tags.first ?? image.config.short))"
                layers.formUnion(image.layerBlobs.isEmpty ? image.layers : image.layerBlobs)
                for found in JSONScanner.scan(try library.readBlob(image.config)).hits {
                    collector.add(found.hit, object: name, place: DocumentPlace.field(found.path[...]))
                }
            }
        }
        let known = try library.knownBlobs(layers)
        let size = known.values.reduce(0) { $0 + $1.rawSize }
        collector.addUninspected("images", "\(layers.count) layers with \(size) bytes", count: layers.count)
        return collector
    }

    private func scan(
        _ archive: DistinctArchive, _ sources: SecretSources, _ progress: StepMeter
    ) throws -> SecretCollector {
        var collector = SecretCollector()
        var (opaque, opaqueBytes) = (0, Int64(0))
        let reader = try PaxReader(source: progress.counting(library.archiveBytes(archive.data)))
        while let entry = try reader.next() {
            try cancellation.check()
            guard entry.size > 0 else { continue }
            let content =
                entry.dataSize <= FileScanner.largest && entry.size <= FileScanner.largest
                ? try reader.readAll(limit: FileScanner.largest) : []
            guard !content.isEmpty, FileScanner.isText(content) else {
                opaque += 1
                opaqueBytes += entry.dataSize
                continue
            }
            let path = archive.path(of: entry)
            for hit in FileScanner.scan(content, path: path, isSecret: sources.contains(archive, entry)) {
                collector.add(hit, object: archive.name, place: String(decoding: path, as: UTF8.self))
            }
        }
        collector.addUninspected(
            archive.name, "\(opaque) files with \(opaqueBytes) bytes that are no text or over 1 MiB", count: opaque)
        return collector
    }

    private func scanAnswers(of document: EnvironmentDocument) throws -> SecretCollector {
        var collector = SecretCollector()
        for (path, engine) in document.engine.enginesWithPaths() {
            guard let answers = engine.rawAnswers else { continue }
            let source = try library.openBlob(answers)
            let reader = try PaxReader(source: { try source.read(into: $0) })
            while let entry = try reader.next() {
                let text = try reader.readAll(limit: 256 << 20)
                let (hits, ordinary) = JSONScanner.scan(text)
                collector.ordinary.formUnion(ordinary)
                for found in hits {
                    let file = String(decoding: entry.path, as: UTF8.self)
                    collector.add(
                        found.hit, object: "answers of engine \(path)",
                        place: "\(file) \(DocumentPlace.field(found.path[...]))")
                }
            }
        }
        return collector
    }
}
