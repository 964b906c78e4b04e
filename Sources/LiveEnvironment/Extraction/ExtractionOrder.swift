// SPDX-License-Identifier: Apache-2.0
import Archive
import CLinux
import Foundation

/// What a confined process is to do with the archive that follows on its standard input.
struct ExtractionOrder: Codable {
    /// The numbers of capabilities(7).
    private enum Capability: UInt64 {
        case changeOwner = 0
        case overrideAccess = 1
        case actAsOwner = 3
        case keepSetID = 4
        case administrate = 21
        case makeDevices = 27
        case setFileCapabilities = 31
    }
    /// Enough for the program itself and for the names of one path, and too little to hurt.
    private static let memory: UInt64 = 2 << 30

    private let plainOptions: TreeExtractor.Options
    /// The entries that are restored, each with a zero byte behind it; nil for all.
    private let selection: Data?
    /// The name that the archive's only file gets; nil for a tree.
    let file: [UInt8]?

    init(_ options: TreeExtractor.Options, file: [UInt8]? = nil) {
        var plain = options
        plain.isConfined = true
        if case .revert(let selected?) = options.existing {
            // As JSON a set of paths would be several times as long.
            plain.existing = .revert(nil)
            selection = Data(selected.flatMap { $0 + [0] })
        } else {
            selection = nil
        }
        plainOptions = plain
        self.file = file
    }

    /// The options of the extraction.
    var options: TreeExtractor.Options {
        guard let selection else { return plainOptions }
        var options = plainOptions
        options.existing = .revert(Set(selection.split(separator: 0).map { Array($0) }))
        return options
    }

    /// What the process may use.
    var limits: envsnap_limits {
        var capabilities: [Capability] = [
            .changeOwner, .overrideAccess, .actAsOwner, .keepSetID, .setFileCapabilities,
        ]
        // Without it no attribute `trusted.*` can be set, by which overlayfs marks what is deleted.
        if plainOptions.attributes == .all { capabilities.append(.administrate) }
        if plainOptions.devices != .refuse { capabilities.append(.makeDevices) }
        let largest = plainOptions.limits.apparentBytes
        return envsnap_limits(
            capabilities: capabilities.reduce(0) { $0 | 1 << $1.rawValue },
            devices: plainOptions.devices == .allow ? 1 : 0,
            file: largest == .max ? .max : UInt64(largest), memory: Self.memory)
    }
}
