// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Commands

@Suite struct StoreFolderTests {
    @Test func `the option comes first, then the environment`() {
        let environment = ["ENVSNAP_STORE": "/e", "XDG_DATA_HOME": "/x", "HOME": "/h"]
        #expect(CommandContext.storeFolder("/o", environment) == "/o")
        #expect(CommandContext.storeFolder(nil, environment) == "/e")
        #expect(CommandContext.storeFolder(nil, ["XDG_DATA_HOME": "/x", "HOME": "/h"]) == "/x/envsnap")
        #expect(CommandContext.storeFolder(nil, ["HOME": "/h"]) == "/h/.local/share/envsnap")
    }

    @Test func `an empty variable counts as unset`() {
        #expect(CommandContext.storeFolder(nil, ["ENVSNAP_STORE": "", "HOME": "/h"]) == "/h/.local/share/envsnap")
    }
}
