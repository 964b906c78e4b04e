// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Sharing

@Suite struct TextScannerTests {
    private static func values(_ text: String, _ kind: TextScanner.Kind = .settings) -> [String] {
        TextScanner.scan(Array(text.utf8), as: kind).filter { if case .strong = $0.grade { true } else { false } }
            .map(\.value.text)
    }

    @Test(arguments: [
        ("POSTGRES_PASSWORD=q8Zt!x/4", "q8Zt!x/4"), ("export API_KEY='abc def 12'", "abc def 12"),
        ("  db_password: \"a\\\"b1c2d3\"", "a\"b1c2d3"), ("- MYSQL_PWD=zzTop99", "zzTop99"),
        ("password: ${DB_PASSWORD:-f4llback9}", "f4llback9"), ("{\"clientSecret\": \"s3cr3tish\"}", "s3cr3tish"),
        ("<password>hunter42x</password>", "hunter42x"), ("requirepass r3dispass", "r3dispass"),
        ("primary_conninfo = 'host=db password=repl1cat user=r'", "repl1cat"),
        ("url = postgres://app:p%40ss%2Fw0rd@db:5432/x", "p@ss/w0rd"), ("pass: pa$$word1", "pa$word1"),
        ("//registry/:_authToken=npmToken12345", "npmToken12345"), ("password: |-\n  bl0cked9\nuser: x", "bl0cked9"),
        ("jdbc.password=abc123xyz # old", "abc123xyz"),
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
        (
            "token=ghp_0123456789abcdefghijABCDEFGHIJ012345",
            "ghp_0123456789abcdefghijABCDEFGHIJ012345"
        ),
    ])
    func `finds what a setting holds`(_ text: String, _ value: String) {
        #expect(Self.values(text) == [value], "\(text)")
    }

    @Test(arguments: [
        ("PGPASSWORD=q8Zt1x psql -h db", "q8Zt1x"), ("mysql -uroot -pSup3r1 -h db", "Sup3r1"),
        ("redis-cli -a r3dis99 ping", "r3dis99"), ("app --db-password s3cret9 --port 80", "s3cret9"),
        ("/bin/sh -c #(nop)  ENV API_TOKEN=t0ken77", "t0ken77"), ("alter role x password 'n3wPass'", "n3wPass"),
        ("curl https://u:p4ssw9rd@host/x", "p4ssw9rd"), ("|1 BUILD_SECRET=b1uild9 /bin/sh -c make", "b1uild9"),
    ])
    func `finds what a command holds`(_ text: String, _ value: String) {
        #expect(Self.values(text, .command) == [value], "\(text)")
    }

    @Test(arguments: [
        "POSTGRES_PASSWORD=", "POSTGRES_PASSWORD=${PW}", "POSTGRES_PASSWORD=$PW", "POSTGRES_PASSWORD=postgres",
        "POSTGRES_PASSWORD_FILE=/run/secrets/pw1234", "SECRET_PATH=/etc/app/x.key", "token: true", "TOKEN_TTL=3600",
        "password: ********", "password: <your password>", "api_key: {{ vault.key }}",
        "#password_encryption = scram-sha-256",
        "secret: /run/secrets/db_password", "key: value12345", "PWD=/srv/foo12345", "password = ''",
        "postgres://user:password@localhost/db", "postgres://user:$PASSWORD@db",
        "\"password\": \"Enter your password\"",
        "echo \"POSTGRES_PASSWORD=$${password}\"", "public_key=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A", "passwords: [",
        "passwd: files systemd", "private_key = $dir/private/cakey.pem", "privateKey: ${user.home}/.ssh/id_dsa",
    ])
    func `harmless values are no findings`(_ text: String) {
        #expect(Self.values(text).isEmpty, "\(text)")
    }

    @Test(arguments: [
        "password = get_password()", "self.token = tokens[index + 1]", "if password == other.password9:",
        "the password: it is kept in a safe", "password=user.password2", "token = line.split()[1]",
        "// secret: see RFC7519 for it", "pass = 12", "def set_password(self, password=None):",
        "authorization = authorization.split()", "case .authorization: \"credentials\"",
    ])
    func `code and prose are no findings`(_ text: String) {
        #expect(Self.values(text, .other).isEmpty, "\(text)")
    }

    @Test func `code with a secret in it is one`() {
        #expect(Self.values("PASSWORD = \"s3cr3tValue\"", .other) == ["s3cr3tValue"])
        #expect(Self.values("connect(password='x9y8z7w6')", .other) == ["x9y8z7w6"])
        #expect(Self.values("AKIAIOSFODNN7EXAMPLE is the key", .other) == ["AKIAIOSFODNN7EXAMPLE"])
    }

    @Test func `the lines of a private key are values, its headers are not`() {
        let key =
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEowIBAAKCAQEAx1y2z3\nQk9dZmYxMjM0NTY3ODk=\n"
            + "-----END RSA PRIVATE KEY-----\n"
        #expect(Self.values(key, .other) == ["MIIEowIBAAKCAQEAx1y2z3", "Qk9dZmYxMjM0NTY3ODk="])
        #expect(
            Self.values(key.replacing("\n", with: "\\n"), .other) == ["MIIEowIBAAKCAQEAx1y2z3", "Qk9dZmYxMjM0NTY3ODk="])
        #expect(
            Self.values("-----BEGIN CERTIFICATE-----\nMIIEowIBAAKCAQEAx1y2z3\n-----END CERTIFICATE-----", .other)
                .isEmpty)
    }

    @Test func `a file of names alone takes no time`() {
        for piece in [
            "password=", "${PASSWORD", "mysql ", "://", "\"secret", "password=\"", "-----BEGIN RSA PRIVATE KEY",
        ] {
            let text = Array(repeatElement(piece, count: (1 << 15) / piece.utf8.count).joined().utf8)
            let start = ContinuousClock.now
            _ = TextScanner.scan(text, as: .settings)
            _ = TextScanner.scan(text, as: .other)
            #expect(ContinuousClock.now - start < .seconds(30), "\(piece)")
        }
    }

    @Test func `special files are read by their own rules`() {
        func scan(_ path: String, _ text: String) -> [String] {
            FileScanner.scan(Array(text.utf8), path: Array(path.utf8), isSecret: false).map(\.value.text)
        }
        #expect(scan("home/.pgpass", "db:5432:*:app:p\\:w0rd99\n# x\n") == ["p:w0rd99"])
        #expect(scan(".netrc", "machine h login u password n3trcpw\n") == ["n3trcpw"])
        #expect(scan("root/.docker/config.json", #"{"auths":{"r":{"auth":"dXNlcjpkMGNrZXJwdw=="}}}"#) == ["d0ckerpw"])
        #expect(scan("secrets/db", "wh0lefile\n") == ["wh0lefile"])
        #expect(scan("db_password.txt", "wh0lefile") == ["wh0lefile"])
        #expect(scan(".git/config", "[remote]\n url = https://u:g1tpassw@h/x") == ["g1tpassw"])
        #expect(scan("root/.bash_history", "mysql -pH1story9 x\n") == ["H1story9"])
    }

    @Test func `JSON of an engine is looked through by names, places and texts`() throws {
        let json =
            #"{"Config":{"Env":["A_TOKEN=tok3n!1","DB=x","U=redis://:r3dispw@r"],"Cmd":["x","--password","arg9pass"],"#
            + #""Labels":{"app.secret":"l4bel\"x"},"Healthcheck":{"Test":["CMD-SHELL","PGPASSWORD=h34lth psql"]}},"N":"tok3n!1"}"#
        let hits = JSONScanner.scan(Array(json.utf8)).hits
        #expect(hits.map(\.hit.value.text) == ["tok3n!1", "r3dispw", "arg9pass", "l4bel\"x", "h34lth"])
        #expect(DocumentPlace.field(hits[0].path[...]) == "Config.Env[0]")
    }
}
