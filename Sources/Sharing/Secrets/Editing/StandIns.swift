// SPDX-License-Identifier: Apache-2.0

import Hashing

/// The values that stand in for secrets in one export.
///
/// A stand-in follows from the value and a random key alone, which is thrown away afterwards: so equal values stay equal
/// wherever they are, two exports have nothing in common, and nobody can try values out. It has the same length, and at
/// each place a character of the same kind; everything but letters and digits stays, so that what parsed still parses.
final class StandIns {
    private let key: [UInt8]
    private let originals: Set<[UInt8]>
    private let search: PatternSet
    private var made: [[UInt8]: [UInt8]] = [:]
    private var taken: Set<[UInt8]> = []

    /// Stand-ins for these secrets, none of which occurs in any of them.
    init(for originals: Set<[UInt8]>, key: [UInt8]? = nil) {
        self.key = key ?? (0..<32).map { _ in UInt8.random(in: 0...255) }
        self.originals = originals
        search = PatternSet(originals.filter { $0.count >= SecretGrade.shortest })
    }

    /// The stand-in for a value.
    ///
    /// - Throws: `SharingError` where none of the same form exists.
    func standIn(for value: [UInt8]) throws -> [UInt8] {
        if let known = made[value] { return known }
        let form = Form(value)
        for attempt in UInt8.min...UInt8.max {
            let stream = try Stream(key: key, value: [attempt] + value)
            let candidate = try form.render(stream)
            guard !originals.contains(candidate), search.first(in: candidate) == nil, !taken.contains(candidate) else {
                continue
            }
            made[value] = candidate
            taken.insert(candidate)
            return candidate
        }
        throw SharingError(
            .secretLeft, "a secret of \(value.count) characters has no stand-in of the same form",
            hint: "use --encrypt-to, or change it and capture again")
    }

    /// Bytes that follow from the key and a value.
    private final class Stream {
        private let key: [UInt8]
        private let value: [UInt8]
        private var block: [UInt8] = []
        private var number: UInt32 = 0

        init(key: [UInt8], value: [UInt8]) throws { (self.key, self.value) = (key, value) }

        func number(below limit: UInt32) throws -> UInt32 {
            if block.count < 4 {
                let counter = (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
                block = try KeyedHash.hmac(key: key, counter + value)
                number += 1
            }
            let drawn = block.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
            block.removeFirst(4)
            return drawn % limit
        }
    }

    /// What of a value stays in its stand-in.
    private struct Form {
        private let value: [UInt8]
        private let isHex: Bool
        private let isNumber: Bool
        /// The last character before the padding of base64, of which readers check the lowest bits.
        private let fixed: Int?

        init(_ value: [UInt8]) {
            self.value = value
            let isSmallHex = value.allSatisfy { $0.isDigit || (97...102).contains($0) }
            let isLargeHex = value.allSatisfy { $0.isDigit || (65...70).contains($0) }
            isHex = value.count >= 8 && (isSmallHex || isLargeHex)
            isNumber = value.allSatisfy(\.isDigit)
            let padding = value.firstIndex(of: UInt8(ascii: "="))
            let isPadded =
                padding.map { value.count - $0 <= 2 && value[$0...].allSatisfy { $0 == UInt8(ascii: "=") } } ?? false
            fixed = isPadded ? padding.map { $0 - 1 } : nil
        }

        func render(_ stream: Stream) throws -> [UInt8] {
            var result: [UInt8] = []
            var rest = value[...]
            while let byte = rest.first {
                if byte >= 0x80 {
                    let length = rest.dropFirst().prefix { $0 & 0xC0 == 0x80 }.count + 1
                    result += try Self.scalar(length, stream)
                    rest = rest.dropFirst(length)
                    continue
                }
                let position = rest.startIndex
                result.append(position == fixed ? byte : try character(byte, isFirst: position == 0, stream))
                rest = rest.dropFirst()
            }
            return result
        }

        private func character(_ byte: UInt8, isFirst: Bool, _ stream: Stream) throws -> UInt8 {
            let letters: UInt32 = isHex ? 6 : 26
            if byte.isLower { return UInt8(97 + (try stream.number(below: letters))) }
            if byte.isUpper { return UInt8(65 + (try stream.number(below: letters))) }
            guard byte.isDigit else { return byte }
            if isNumber, isFirst, byte != 48 { return UInt8(49 + (try stream.number(below: 9))) }
            return UInt8(48 + (try stream.number(below: 10)))
        }

        /// A character of so many bytes in UTF-8.
        private static func scalar(_ length: Int, _ stream: Stream) throws -> [UInt8] {
            let ranges: [Int: (UInt32, UInt32)] = [2: (0x0400, 0x80), 3: (0x4E00, 0x5000), 4: (0x20000, 0xA000)]
            guard let (first, count) = ranges[length],
                let scalar = Unicode.Scalar(first + (try stream.number(below: count)))
            else { return [UInt8](repeating: UInt8(ascii: "?"), count: length) }
            return Array(String(Character(scalar)).utf8)
        }
    }
}
