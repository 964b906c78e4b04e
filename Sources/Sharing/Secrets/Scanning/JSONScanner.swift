// SPDX-License-Identifier: Apache-2.0

/// Finds secrets in JSON of engines and images: by the names of variables, members and arguments, and in every string.
struct JSONScanner {
    /// A secret with the way to the string in which it is.
    struct Hit {
        let path: [JSONLiterals.Step]
        var hit: SecretHit
    }

    private let text: [UInt8]
    private var hits: [Hit] = []
    /// Values of variables that are no secrets: a secret that equals one of them cannot be told from it elsewhere.
    private var ordinary: Set<[UInt8]> = []
    private var previous: (path: ArraySlice<JSONLiterals.Step>, value: [UInt8])?
    private var program: (path: ArraySlice<JSONLiterals.Step>, name: String)?

    private init(_ text: [UInt8]) { self.text = text }

    /// The secrets of a JSON text, in their order, and the values of ordinary variables.
    static func scan(_ text: [UInt8]) -> (hits: [Hit], ordinary: Set<[UInt8]>) {
        var scanner = JSONScanner(text)
        var literals: [JSONLiterals.Literal] = []
        JSONLiterals.forEach(in: text) { literals.append($0) }
        for literal in literals { scanner.look(at: literal) }
        return (scanner.hits, scanner.ordinary)
    }

    private mutating func look(at literal: JSONLiterals.Literal) {
        let raw = text[literal.range]
        let outer: SecretWriting? = raw.contains(0x5C) ? .escaped : nil
        let units = outer.map { TextUnits(raw, $0) }
        let value = units?.decoded ?? Array(raw)
        let context = Context(literal: literal, raw: raw, outer: outer, units: units, value: value)
        guard !literal.isName else { return scanText(context, from: 0) }
        switch literal.path.last {
        case .member(let name)?:
            if SecretNames.isSecret(name.utf8), !value.contains(0x0A), !value.text.contains("://") {
                return add(context, from: 0, .name, name, isPassword: SecretNames.isPassword(name.utf8))
            }
            if name == "auth", Base64Text(value) != nil { return scanAuthorization(context) }
        case .element?: return scanElement(context)
        case nil: break
        }
        scanText(context, from: 0)
    }

    /// An element of a list: a variable, or an argument that may belong to the one before.
    private mutating func scanElement(_ context: Context) {
        let value = context.value
        let list = context.literal.path.dropLast()
        defer { previous = (list, value) }
        if context.literal.path.last == .element(0) {
            program = (list, value.text.split(separator: "/").last.map(String.init) ?? "")
        }
        if list.last == .member("Env") { return scanVariable(context) }
        let program = program?.path == list ? program?.name ?? "" : ""
        if let previous, previous.path == list, previous.value.first == UInt8(ascii: "-") {
            let option = previous.value.drop { $0 == UInt8(ascii: "-") }
            let isKnown = program == "redis-cli" && option.elementsEqual("a".utf8)
            if SecretNames.isSecret(option) || isKnown {
                return add(
                    context, from: 0, .name, previous.value.text, isPassword: SecretNames.isPassword(option) || isKnown)
            }
        }
        let takesShort = program.hasPrefix("mysql") || program.hasPrefix("mariadb") || program == "sshpass"
        if takesShort, value.starts(with: "-p".utf8), value.count > 2 {
            return add(context, from: 2, .passwordFile, "\(program) -p", isPassword: true)
        }
        scanText(context, from: 0)
    }

    private mutating func scanVariable(_ context: Context) {
        guard let equals = context.value.firstIndex(of: UInt8(ascii: "=")) else { return scanText(context, from: 0) }
        let name = context.value[..<equals]
        let value = Array(context.value[(equals + 1)...])
        let isWhole = !value.contains(0x0A) && !value.text.contains("://") && value.first != UInt8(ascii: "{")
        guard SecretNames.isSecret(name), isWhole else {
            if !SecretNames.isSecret(name), value.count >= SecretGrade.shortest { ordinary.insert(value) }
            return scanText(context, from: equals + 1)
        }
        add(context, from: equals + 1, .name, name.text, isPassword: SecretNames.isPassword(name))
    }

    /// Everything of a string from some byte on is one value.
    private mutating func add(
        _ context: Context, from start: Int, _ rule: SecretRule, _ name: String, isPassword: Bool
    ) {
        let value = Array(context.value[start...])
        let grade = SecretGrade(value, isPassword: isPassword)
        if case .harmless = grade { return scanText(context, from: start) }
        let hit = SecretHit(
            range: start..<context.value.count, value: value, writing: .plain, rule: rule, name: name, grade: grade)
        hits.append(Hit(path: context.literal.path, hit: context.placed(hit)))
    }

    private mutating func scanAuthorization(_ context: Context) {
        let text = Array("auth:".utf8) + context.value
        for hit in TextScanner.scan(text, as: .command) { append(hit, context, offset: -5) }
    }

    private mutating func scanText(_ context: Context, from start: Int) {
        guard context.value.count - start >= SecretGrade.shortest else { return }
        for hit in TextScanner.scan(Array(context.value[start...]), as: .command) {
            append(hit, context, offset: start)
        }
    }

    private mutating func append(_ hit: SecretHit, _ context: Context, offset: Int) {
        var hit = hit
        hit.range = hit.range.lowerBound + offset..<hit.range.upperBound + offset
        if hit.name.isEmpty, case .member(let name)? = context.literal.path.last { hit.name = name }
        hits.append(Hit(path: context.literal.path, hit: context.placed(hit)))
    }

    /// A string of the text: how it is written, and what it means.
    private struct Context {
        let literal: JSONLiterals.Literal
        let raw: ArraySlice<UInt8>
        let outer: SecretWriting?
        let units: TextUnits?
        let value: [UInt8]

        /// The hit with its place in the JSON text instead of the string.
        func placed(_ hit: SecretHit) -> SecretHit {
            var hit = hit
            guard let outer, let units else {
                let start = literal.range.lowerBound
                hit.range = start + hit.range.lowerBound..<start + hit.range.upperBound
                return hit
            }
            let start = literal.range.lowerBound + units.rawOffset(of: hit.range.lowerBound)
            let end = literal.range.lowerBound + units.rawOffset(of: hit.range.upperBound)
            hit.range = start..<end
            hit.writing = .within(hit.writing, outer)
            return hit
        }
    }
}
