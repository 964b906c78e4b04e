// SPDX-License-Identifier: Apache-2.0
public import Steps

extension StepMeter {
    /// The source, with what is read from it counted.
    public func counting(_ source: @escaping ByteSource) -> ByteSource {
        { [self] buffer in
            let count = try source(buffer)
            add(Int64(count))
            return count
        }
    }

    /// The sink, with what an archive gives it counted, and what it need not be given too.
    public func counting(_ sink: any ArchiveSink) -> any ArchiveSink { CountingSink(sink, meter: self) }
}

private final class CountingSink: ArchiveSink {
    private let sink: any ArchiveSink
    private let meter: StepMeter

    init(_ sink: any ArchiveSink, meter: StepMeter) { (self.sink, self.meter) = (sink, meter) }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try sink.write(bytes)
        meter.add(Int64(bytes.count))
    }

    func contentBegins(_ version: ContentVersion?) throws -> Bool {
        let isKnown = try sink.contentBegins(version)
        if isKnown, let version { meter.add(version.size) }
        return isKnown
    }

    func contentEnds(isReliable: Bool) throws { try sink.contentEnds(isReliable: isReliable) }
}
