// SPDX-License-Identifier: Apache-2.0

/// Random numbers that are the same in every run (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// What happens to bytes on their way, and what a fuzzer does to them.
enum Mutation {
    static func of(_ bytes: [UInt8], by random: inout SplitMix) -> [UInt8] {
        var bytes = bytes
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let length = min(bytes.count - place, Int.random(in: 1...600, using: &random))
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1, 2: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 3: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 4: bytes.removeSubrange(place..<place + length)
        case 5: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
        case 6: bytes.replaceSubrange(place..<place + length, with: repeatElement(0, count: length))
        default:
            let other = Int.random(in: 0...(bytes.count - length), using: &random)
            let piece = Array(bytes[other..<other + length])
            bytes.replaceSubrange(place..<place + length, with: piece)
        }
        return bytes
    }
}
