// SPDX-License-Identifier: Apache-2.0
import Archive
import Glibc
public import SystemPackage

/// Does for an envsnap elsewhere what `LocalDataAccess` does here: one request after the other, until the other side goes.
public struct HelperServer: Sendable {
    private let connection: HelperConnection
    private let access = LocalDataAccess()
    private let program: ExtractionProgram

    /// A server on two descriptors.
    ///
    /// - Parameters:
    ///   - input: Where requests come from.
    ///   - output: Where answers go.
    ///   - program: What takes archives apart that others made.
    ///   - compresses: Whether data is compressed on its way.
    ///   - patience: The longest silence of the other side between two frames, in seconds.
    public init(
        input: FileDescriptor, output: FileDescriptor, program: ExtractionProgram, compresses: Bool,
        patience: Int = 120
    ) {
        self.program = program
        connection = HelperConnection(input: input, output: output, compresses: compresses, patience: patience)
    }

    /// Makes the root of this process that of the process that started it, which for a container is its shim on the
    /// engine's machine.
    ///
    /// The shim sees what the engine sees, with every mount that is made later, so that no path has to be changed.
    /// - Returns: the program that runs, which is not to be found by its path any more.
    /// - Throws: `Errno`; see chroot(2).
    public static func enterMachine() throws -> ExtractionProgram {
        let program = try ExtractionProgram.ofHelperImage()
        var tries = 100
        while chroot("/proc/\(getppid())/root") != 0 {
            tries -= 1
            // The runtime, which starts a command, goes at any time and leaves it to the shim.
            guard errno == ENOENT, tries > 0 else { throw Errno(rawValue: errno) }
            usleep(1000)
        }
        guard chdir("/") == 0 else { throw Errno(rawValue: errno) }
        return program
    }

    /// Serves requests to the end of the link.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await beat() }
            defer { group.cancelAll() }
            while let request = try await BlockingWork.run({ try connection.nextRequest() }) {
                guard try await serve(request) else { return }
            }
        }
    }

    private func beat() async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: .seconds(10))
            try await BlockingWork.run { try connection.send(HelperFrame(.beat)) }
        }
    }

    /// Answers a request; false where something of it may still be on the way, so that none can follow.
    private func serve(_ request: HelperRequest) async throws -> Bool {
        do {
            try await answer(request)
            return true
        } catch let cut as HelperConnection.Cut {
            throw cut
        } catch {
            let failure = HelperAnswer<Done>.failure(HelperFailure(error))
            try connection.send(HelperFrame(.answer, json: failure))
            return !request.bringsData
        }
    }

    private func answer(_ request: HelperRequest) async throws {
        let connection = connection
        switch request {
        case .kind(let path): try answer(Found(value: try await access.kind(of: path)))
        case .pack(let path, let exclusions):
            try answer(
                try await access.pack(path, excluding: exclusions) { produce in
                    try connection.send { sink in try produce(PlainArchiveSink(sink)) }
                })
        case .moment: try answer(try await access.moment())
        case .synchronize(let paths):
            try await access.synchronize(paths)
            try answer(Done())
        case .survey(let path, let exclusions): try answer(try await access.survey(path, excluding: exclusions))
        case .unpack(let target, let limits, let isConfined):
            try await unpacking(isConfined).unpack(target, limits: limits) { try connection.upload() }
            try answer(Done())
        case .revert(let path, let exclusions, let limits, let isConfined):
            // No file has the empty name: there are no stamps here.
            let isTouched = try await unpacking(isConfined)
                .revert(path, excluding: exclusions, since: "", limits: limits) { try connection.upload() }
            try answer(isTouched)
        case .realPath(let path): try answer(Found(value: try await access.realPath(of: path)))
        case .isSame(let path, let other): try answer(try await access.isSame(path, as: other))
        case .hasLink(let path, let folder): try answer(try await access.hasLink(in: path, below: folder))
        case .readFiles(let paths, let process):
            try answer(try await access.readFiles(paths, inNetworkOf: process))
        case .read(let place):
            try await access.read(place) { produce in try connection.send { sink in try produce(sink) } }
            try answer(Done())
        case .unpackLayer(let folder, let recipe, let isConfined):
            let size = try await unpacking(isConfined)
                .unpackLayer(into: folder, recipe: recipe) { try connection.upload() }
            try answer(size)
        case .makeFolder(let path, let permissions):
            try await access.makeFolder(path, permissions: permissions)
            try answer(Done())
        case .writeFile(let path):
            try await access.writeFile(path, try await BlockingWork.run { try readAll(try connection.upload()) })
            try answer(Done())
        case .makeLink(let path, let target):
            try await access.makeLink(path, to: target)
            try answer(Done())
        case .remove(let path):
            try await access.remove(path)
            try answer(Done())
        case .readFile(let path):
            let bytes = try await access.readFile(path)
            try connection.send { sink in try bytes.withUnsafeBytes(sink) }
            try answer(Done())
        case .names(let folder): try answer(try await access.names(in: folder))
        }
    }

    private func unpacking(_ isConfined: Bool) -> LocalDataAccess {
        isConfined ? access.confined(by: program) : access
    }

    private func answer(_ value: some Codable) throws {
        try connection.send(HelperFrame(.answer, json: HelperAnswer.value(value)))
    }
}

extension HelperRequest {
    /// Whether data with an end follows the request.
    var bringsData: Bool {
        switch self {
        case .unpack, .revert, .unpackLayer, .writeFile: true
        default: false
        }
    }
}
