// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Terminal

extension CommandSession.Ending {
    /// What a shell would have for a command whose reader went away: 128 and SIGPIPE.
    static let unreadStatus: Int32 = 141

    /// The exit status of a verb that runs a command: the command's own.
    var status: Int32 {
        switch self {
        case .exited(let status): status
        case .refused(let refusal): refusal.status
        case .unread: Self.unreadStatus
        }
    }

    /// Says what could not be started, and ends the verb with the command's status.
    func finish(on console: Console) throws {
        if case .refused(let refusal) = self { refusal.tell(on: console) }
        if status != 0 { throw ExitCode(status) }
    }
}

extension CommandRefusal {
    /// Says why the command was not started.
    func tell(on console: Console) {
        console.failure(
            code: "noCommand", message: message,
            hint: status == 127 ? "is it in the container's image, and in its PATH?" : nil)
    }
}
