// SPDX-License-Identifier: Apache-2.0
public import ArgumentParser

/// The command line of envsnap.
public struct EnvSnapCommand: AsyncParsableCommand {
    /// The version that `--version` prints and that snapshots record.
    public static let version = "0.1.0"

    /// The verbs and what is said about the whole.
    public static let configuration = CommandConfiguration(
        commandName: "envsnap",
        abstract: "Record a running Docker-in-Docker environment and recreate exactly that environment later.",
        version: version,
        subcommands: [HelperVerb.self, TunnelVerb.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Environments:",
                subcommands: [
                    UpVerb.self, LoadVerb.self,
                    DoctorVerb.self, CaptureVerb.self, ReplayVerb.self, PsVerb.self, ExecVerb.self, VerifyVerb.self,
                    ResetVerb.self, DownVerb.self,
                ]),
            CommandGroup(
                name: "Work in a replay:",
                subcommands: [
                    RunVerb.self, BisectVerb.self, EnvVerb.self, ShellVerb.self, LogsVerb.self, CpVerb.self,
                ]),
            CommandGroup(
                name: "Snapshots:",
                subcommands: [
                    LsVerb.self, ShowVerb.self, DiffVerb.self, ReportVerb.self, RmVerb.self, ForgetVerb.self,
                    GcVerb.self,
                    CheckVerb.self,
                ]),
            CommandGroup(
                name: "Sharing:",
                subcommands: [
                    ExportVerb.self, ImportVerb.self, PushVerb.self, PullVerb.self,
                ]),
        ])

    /// The command line without a verb: it prints the help.
    public init() {}
}
