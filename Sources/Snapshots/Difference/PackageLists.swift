// SPDX-License-Identifier: Apache-2.0
import Archive
import EnvironmentModel
import OCI

/// Reads which packages an image holds from the layers that the store has, the topmost first.
///
/// Debian's dpkg keeps its list in one text file (deb822(5), dpkg(1) "status"), or in one file a package
/// (distroless images), Alpine's apk in one text file (apk v2 installed database). Other lists are not read.
struct PackageLists {
    private static let files = ["var/lib/dpkg/status", "lib/apk/db/installed", "usr/lib/apk/db/installed"]
    private static let folder = "var/lib/dpkg/status.d/"
    private static let sizeLimit = 64 << 20

    let library: SnapshotLibrary

    /// The packages that differ; nil where neither image has a list, or the store lacks the layers.
    ///
    /// Layers that both images share from below are only read where the list of one lies in them, and of the other above.
    func changes(from captured: ImageRecord, to found: ImageRecord) throws -> [PackageChange]? {
        guard try hasLayers(of: captured), try hasLayers(of: found) else { return nil }
        let shared = zip(captured.layers, found.layers).prefix { $0 == $1 }.count
        let before = try packages(captured, shared..<captured.layers.count)
        let after = try packages(found, shared..<found.layers.count)
        if before == nil, after == nil { return shared == 0 ? nil : [] }
        let below = before == nil || after == nil ? try packages(captured, 0..<shared) : nil
        return PackageChange.changes(from: before ?? below ?? [:], to: after ?? below ?? [:])
    }

    /// The list in the topmost of some layers that has one.
    private func packages(_ image: ImageRecord, _ indices: Range<Int>) throws -> [String: String]? {
        for index in indices.reversed() {
            if let packages = try packages(inLayer: Self.blobs(of: image)[index]) { return packages }
        }
        return nil
    }

    private func hasLayers(of image: ImageRecord) throws -> Bool {
        let blobs = Self.blobs(of: image)
        return try library.knownBlobs(blobs).count == Set(blobs).count && blobs.count == image.layers.count
    }

    private static func blobs(of image: ImageRecord) -> [Digest] {
        image.layerBlobs.isEmpty ? image.layers : image.layerBlobs
    }

    private func packages(inLayer blob: Digest) throws -> [String: String]? {
        let reader = try PaxReader(source: try library.openLayer(blob))
        var packages: [String: String]?
        while let entry = try reader.next() {
            let path = String(decoding: entry.path, as: UTF8.self)
            guard Self.files.contains(path) || path.hasPrefix(Self.folder), case .file = entry.kind else { continue }
            let text = String(decoding: try reader.readAll(limit: Self.sizeLimit), as: UTF8.self)
            let found = path.hasSuffix("installed") ? Self.apk(text) : Self.dpkg(text)
            packages = (packages ?? [:]).merging(found) { $1 }
        }
        return packages
    }

    /// The installed packages of a dpkg status file, by name; of several architectures with the architecture.
    static func dpkg(_ text: String) -> [String: String] {
        var packages: [String: String] = [:]
        for paragraph in text.split(separator: "\n\n") {
            let fields = Self.fields(paragraph, separator: ": ")
            guard let name = fields["Package"], let version = fields["Version"],
                fields["Status"].map({ $0.hasSuffix(" installed") }) ?? true
            else { continue }
            let isTaken = packages[name] != nil
            packages[isTaken ? "\(name):\(fields["Architecture"] ?? "")" : name] = version
        }
        return packages
    }

    /// The packages of an apk database, by name.
    static func apk(_ text: String) -> [String: String] {
        var packages: [String: String] = [:]
        for paragraph in text.split(separator: "\n\n") {
            let fields = Self.fields(paragraph, separator: ":")
            if let name = fields["P"], let version = fields["V"] { packages[name] = version }
        }
        return packages
    }

    private static func fields(_ paragraph: Substring, separator: String) -> [String: String] {
        var fields: [String: String] = [:]
        for line in paragraph.split(separator: "\n") {
            guard let range = line.firstRange(of: separator) else { continue }
            fields[String(line[..<range.lowerBound])] = String(line[range.upperBound...])
        }
        return fields
    }
}
