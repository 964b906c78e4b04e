// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Where extended attributes are read and written: an open file, or a name that may be a link, pipe or device.
enum AttributeStore {
    case descriptor(CInt)
    /// Reached by a path: there is no setxattrat before Linux 6.13. The directory is pinned by its descriptor, and the
    /// last component is not followed.
    case name(directory: CInt, [UInt8], by: Route = .proc)

    /// How a name in an open directory becomes a path.
    enum Route {
        /// Through /proc/self/fd.
        case proc
        /// By making the directory the working folder, which only a process of one thread may do.
        case workingFolder

        fileprivate func path(_ directory: CInt, _ name: [UInt8]) -> [UInt8] {
            switch self {
            case .proc: Array("/proc/self/fd/\(directory)/".utf8) + name
            // Where it cannot be, there is nothing by the empty name.
            case .workingFolder: fchdir(directory) == 0 ? name : []
            }
        }
    }

    /// All attributes sorted by name; none where the file system has none.
    func readAll() throws(CallFailure) -> [ExtendedAttribute] {
        var found: [ExtendedAttribute] = []
        for name in try names() {
            do {
                found.append(ExtendedAttribute(name: name, value: try value(name)))
            } catch let error where error.number == ENODATA {
                continue
            }
        }
        return found
    }

    func names() throws(CallFailure) -> [[UInt8]] {
        do {
            return try grow { memory, count in
                switch self {
                case .descriptor(let number): flistxattr(number, memory, count)
                case .name(let directory, let name, let route):
                    withCString(route.path(directory, name)) { llistxattr($0, memory, count) }
                }
            }
            .split(separator: 0).map(Array.init).sorted { $0.lexicographicallyPrecedes($1) }
        } catch let error where error.number == EOPNOTSUPP {
            return []
        }
    }

    func value(_ attribute: [UInt8]) throws(CallFailure) -> [UInt8] {
        try grow { memory, count in
            withCString(attribute) { key in
                switch self {
                case .descriptor(let number): fgetxattr(number, key, memory, count)
                case .name(let directory, let name, let route):
                    withCString(route.path(directory, name)) { lgetxattr($0, key, memory, count) }
                }
            }
        }
    }

    func set(_ attribute: ExtendedAttribute) throws(CallFailure) {
        let result = withCString(attribute.name) { key in
            attribute.value.withUnsafeBytes { value in
                switch self {
                case .descriptor(let number): fsetxattr(number, key, value.baseAddress, value.count, 0)
                case .name(let directory, let name, let route):
                    withCString(route.path(directory, name)) {
                        lsetxattr($0, key, value.baseAddress, value.count, 0)
                    }
                }
            }
        }
        guard result == 0 else { throw CallFailure() }
    }

    func remove(_ attribute: [UInt8]) throws(CallFailure) {
        let result = withCString(attribute) { key in
            switch self {
            case .descriptor(let number): fremovexattr(number, key)
            case .name(let directory, let name, let route):
                withCString(route.path(directory, name)) { lremovexattr($0, key) }
            }
        }
        guard result == 0 || errno == ENODATA else { throw CallFailure() }
    }

    /// Asks again with more room while the answer grows.
    private func grow(_ read: (UnsafeMutablePointer<CChar>?, Int) -> Int) throws(CallFailure) -> [UInt8] {
        var needed = read(nil, 0)
        guard needed >= 0 else { throw CallFailure() }
        // Most files have no attributes.
        while needed > 0 {
            var result = 0
            let answer = [UInt8](unsafeUninitializedCapacity: needed) { memory, count in
                let raw = UnsafeMutableRawPointer(memory.baseAddress)?.assumingMemoryBound(to: CChar.self)
                result = read(raw, memory.count)
                if result < 0 { result = -Int(errno) }
                count = max(0, result)
            }
            if result >= 0 { return answer }
            guard result == -Int(ERANGE) else { throw CallFailure(number: CInt(-result)) }
            needed *= 4
        }
        return []
    }
}
