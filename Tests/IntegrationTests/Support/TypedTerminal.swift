// SPDX-License-Identifier: Apache-2.0

/// A terminal of 33 rows and 99 columns in which a program runs.
enum TypedTerminal {
    /// Runs a program in it, types once a text has come, and returns what was shown and how the program ended.
    static func run(
        _ arguments: [String], typing keys: String, after text: String, environment: [String: String], folder: String
    ) throws -> Outcome {
        try Command.outcome(
            ["python3", "-c", script, keys, text] + arguments, environment: environment, folder: folder, within: 60)
    }

    private static let script = """
        import fcntl, os, pty, struct, sys, termios, time
        keys, text, *command = [os.fsencode(argument) for argument in sys.argv[1:]]
        child, terminal = pty.fork()
        if child == 0:
            # The size has to be there before anybody asks for it.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 99, 0, 0))
            os.execvp(command[0], command)
        seen, typed = b"", False
        while True:
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
            if not typed and text in seen:
                typed = True
                os.write(terminal, keys)
        sys.stdout.buffer.write(seen)
        sys.stdout.flush()
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """
}
