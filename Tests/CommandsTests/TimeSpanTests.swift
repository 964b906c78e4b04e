// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Commands

@Suite struct TimeSpanTests {
    @Test(arguments: [
        ("12h", 43_200), ("30d", 2_592_000), ("6w", 3_628_800), ("1y", 31_536_000), ("1d12h", 129_600),
    ])
    func `a span is read`(text: String, seconds: Int) {
        #expect(TimeSpan(argument: text)?.seconds == Int64(seconds))
    }

    @Test(arguments: [
        "", "30", "d", "-1d", "1m", "1.5d", "0d", "1d ", "999999999999999999y", "99999999999999999999d", "٣d",
    ])
    func `what is none is refused`(text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }
}
