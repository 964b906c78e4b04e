// SPDX-License-Identifier: Apache-2.0

/// The order in which the projects of hosts are brought up.
///
/// A project comes after those of the hosts that it needs: whose address stands in `extra_hosts`, in the environment or in
/// a command of one of its services, whose name stands in one of the latter, or on which its host depends in the outer
/// compose file. Projects that need nothing of each other come up side by side. Where some need each other in a circle,
/// those of their services come first that need no other host of the circle.
struct ProjectOrder: Sendable {
    /// One project to bring up.
    struct Step: Sendable, Equatable {
        let host: String
        /// The services; nil is all of them.
        let services: [String]?
    }

    /// A project that takes its place in the order.
    struct Member: Sendable {
        let host: String
        let addresses: Set<String>
        let names: Set<String>
        /// The hosts that have to be up whatever the services say.
        let dependencies: [String]
        let services: [ComposeService]

        /// Whether one of its services needs a host.
        func needs(_ other: Member) -> Bool {
            dependencies.contains(other.host) || services.contains { needs(other, in: $0) }
        }

        /// A service of its own is meant before a host of the same name.
        func needs(_ other: Member, in service: ComposeService) -> Bool {
            let own = Set(services.map(\.name))
            return service.extraHosts.contains { other.addresses.contains($0) }
                || !service.words.isDisjoint(with: other.addresses)
                || !service.words.isDisjoint(with: other.names.subtracting(own))
        }
    }

    private let members: [Member]

    init(_ members: [Member]) { self.members = members }

    /// The steps, one group after the other; those of a group go side by side.
    func stages() -> [[Step]] {
        var stages: [[Step]] = []
        var ends: [Int: Int] = [:]
        func put(_ step: Step, at stage: Int) {
            while stages.count <= stage { stages.append([]) }
            stages[stage].append(step)
        }
        for circle in circles() {
            let before = Set(circle.flatMap { needed(by: $0) }).subtracting(circle)
            var stage = (before.compactMap { ends[$0] }.max() ?? -1) + 1
            let early = circle.count == 1 ? [] : circle.compactMap { earlyStep($0, in: circle) }
            if !early.isEmpty {
                for step in early { put(step, at: stage) }
                stage += 1
            }
            for index in circle {
                put(Step(host: members[index].host, services: nil), at: stage)
                ends[index] = stage
            }
        }
        return stages
    }

    /// The services of a project in a circle that can come up before the others of the circle; nil where there are none.
    private func earlyStep(_ index: Int, in circle: [Int]) -> Step? {
        let member = members[index]
        let others = circle.filter { $0 != index }.map { members[$0] }
        var late = Set(
            member.services.filter { service in others.contains { member.needs($0, in: service) } }.map(\.name))
        var grows = true
        // What depends on a late service would bring that up with itself.
        while grows {
            let more = member.services.filter { service in
                !late.contains(service.name) && service.dependencies.contains { late.contains($0) }
            }
            grows = !more.isEmpty
            late.formUnion(more.map(\.name))
        }
        let early = member.services.map(\.name).filter { !late.contains($0) }
        return early.isEmpty || late.isEmpty ? nil : Step(host: member.host, services: early)
    }

    private func needed(by index: Int) -> [Int] {
        members.indices.filter { $0 != index && members[index].needs(members[$0]) }
    }

    /// The strongly connected components, those first that others need (Tarjan, "Depth-First Search and Linear Graph
    /// Algorithms", 1972); the members of each in the order given.
    private func circles() -> [[Int]] {
        var search = CircleSearch(needed: members.indices.map(needed))
        return search.run()
    }
}

/// Tarjan's search.
private struct CircleSearch {
    let needed: [[Int]]
    private var numbers: [Int: Int] = [:]
    private var lowest: [Int: Int] = [:]
    private var stack: [Int] = []
    private var circles: [[Int]] = []

    init(needed: [[Int]]) { self.needed = needed }

    mutating func run() -> [[Int]] {
        for index in needed.indices where numbers[index] == nil { visit(index) }
        return circles
    }

    private mutating func visit(_ index: Int) {
        let number = numbers.count
        numbers[index] = number
        var low = number
        stack.append(index)
        for other in needed[index] {
            if numbers[other] == nil {
                visit(other)
                low = min(low, lowest[other] ?? low)
            } else if stack.contains(other) {
                low = min(low, numbers[other] ?? low)
            }
        }
        lowest[index] = low
        guard low == number, let start = stack.firstIndex(of: index) else { return }
        circles.append(stack[start...].sorted())
        stack.removeSubrange(start...)
    }
}
