// SPDX-License-Identifier: Apache-2.0
import OCI

/// Differences in the order in which people look for them: by host, then by object.
public struct DifferenceOutline: Sendable {
    /// What differs on one engine.
    public struct Section: Sendable {
        /// The engine.
        public let path: EnginePath
        /// What differs, object by object.
        public fileprivate(set) var groups: [Group] = []

        /// `project` for the outermost engine, else `host` with its path.
        public var title: String { path == .outermost ? "project" : "host \(path)" }
    }

    /// What differs about one object.
    public struct Group: Sendable {
        /// The kind and the name; empty for the host itself.
        public let title: String
        /// What differs about it.
        public fileprivate(set) var lines: [DifferenceLine] = []
        /// Packages that differ, where it is an image.
        public fileprivate(set) var packages: [DifferenceLine] = []
        /// What differs in its files.
        public fileprivate(set) var data: [DataDifference] = []
        fileprivate let rank: Int
    }

    /// The engines with differences, the outermost first.
    public private(set) var sections: [Section] = []

    /// Sorts differences by host and object.
    public init(_ difference: EnvironmentDifference) {
        for finding in difference.fields { insert(finding.subject) { $0.lines.append(DifferenceLine(finding)) } }
        for image in difference.images {
            insert(image.subject) {
                $0.lines += Self.lines(image)
                $0.packages += (image.packages ?? []).map(DifferenceLine.init)
            }
        }
        for data in difference.data { insert(data.subject) { $0.data.append(data) } }
        let paths = sections.map(\.path)
        sections.sort { one, other in
            func rank(_ path: EnginePath) -> Int { path == .outermost ? -1 : paths.firstIndex(of: path) ?? 0 }
            return rank(one.path) < rank(other.path)
        }
    }

    private mutating func insert(_ subject: ComparedObject, _ change: (inout Group) -> Void) {
        let isOwn = subject.isHost && [.container, .layer].contains(subject.kind)
        let path = isOwn ? subject.path.appending(subject.callName) : subject.path
        let index = sections.firstIndex { $0.path == path } ?? sections.endIndex
        if index == sections.endIndex { sections.append(Section(path: path)) }
        let title = isOwn ? "" : Self.title(subject)
        if let group = sections[index].groups.firstIndex(where: { $0.title == title }) {
            change(&sections[index].groups[group])
            return
        }
        var group = Group(title: title, rank: isOwn ? 0 : Self.rank(subject))
        change(&group)
        let place = sections[index].groups.firstIndex { $0.rank > group.rank } ?? sections[index].groups.endIndex
        sections[index].groups.insert(group, at: place)
    }

    private static func title(_ subject: ComparedObject) -> String {
        switch subject.kind {
        case .project, .engine: subject.kind.rawValue
        case .layer: "container \(subject.callName)"
        case .memory: "container \(subject.name.prefix { $0 != ":" })"
        default:
            subject.callName.hasPrefix("<\(subject.kind.rawValue) ")
                ? DifferenceLine.readable(subject.callName) : "\(subject.kind.rawValue) \(subject.callName)"
        }
    }

    private static func rank(_ subject: ComparedObject) -> Int {
        let order: [ComparedObject.Kind] = [.project, .engine, .network, .volume, .image, .container, .folder, .probe]
        return 1 + (order.firstIndex(of: subject.kind) ?? 5)
    }

    private static func lines(_ image: ImageDifference) -> [DifferenceLine] {
        let (captured, found) = (image.captured, image.found)
        let shared = image.sharedLayers
        let layers = "\(shared) shared, \(captured.layers.count - shared) gone, \(found.layers.count - shared) new"
        return [
            DifferenceLine(.changed, "image", "", captured.config.short, found.config.short),
            DifferenceLine(.changed, "layers", "", nil, layers),
        ]
    }
}
