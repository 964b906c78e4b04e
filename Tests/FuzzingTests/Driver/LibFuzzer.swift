// SPDX-License-Identifier: Apache-2.0
// https://llvm.org/docs/LibFuzzer.html

import Glibc

/// The target that `ENVSNAP_FUZZ_TARGET` names.
private let chosen: FuzzTarget = {
    let name = getenv("ENVSNAP_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else {
        complain("ENVSNAP_FUZZ_TARGET is none of " + FuzzTarget.all.map(\.name).joined(separator: " "))
        exit(64)
    }
    return target
}()

/// What libFuzzer calls with each input; a property that does not hold ends the program, as a fault of memory would.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        complain("broken: \(error)")
        abort()
    }
    return 0
}

private func complain(_ words: String) {
    let line = Array((words + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
}
