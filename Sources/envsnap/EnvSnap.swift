// SPDX-License-Identifier: Apache-2.0
import Commands

@main
struct EnvSnap {
    static func main() async {
        await EnvSnapMain.run()
    }
}
