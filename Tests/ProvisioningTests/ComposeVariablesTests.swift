// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Provisioning

@Suite struct ComposeVariablesTests {
    private static let variables = ComposeVariables(["TAG": "dev", "EMPTY": "", "A1": "x"])

    @Test(arguments: [
        ("app:$TAG", "app:dev"), ("app:${TAG}", "app:dev"), ("${TAG:-x}", "dev"), ("${NONE:-x}", "x"),
        ("${EMPTY:-x}", "x"), ("${EMPTY-x}", ""), ("${NONE-x}", "x"), ("${TAG:+y}", "y"), ("${EMPTY:+y}", ""),
        ("${EMPTY+y}", "y"), ("${NONE+y}", ""), ("${NONE:-${TAG}}", "dev"), ("${NONE:-${NO:-z}}/b", "z/b"),
        ("${TAG:?missing}", "dev"), ("${NONE:?missing}", ""), ("$$TAG", "$TAG"), ("cost: 5$", "cost: 5$"),
        ("$A1$TAG", "xdev"), ("$1", "$1"), ("$NONE!", "!"), ("${TAG", "${TAG"), ("plain", "plain"),
    ])
    func `variables are put in as the specification says`(_ text: String, _ result: String) {
        #expect(Self.variables.replace(in: text) == result)
    }

    @Test func `a file of variables is read`() {
        let text = """
            # a comment
            A=1
            export B = two words  # and a comment
            C="in $quotes # no comment"
            D='single'
            E=
            no variable
              F=indented\t
            """
        let expected = [
            "A": "1", "B": "two words", "C": "in $quotes # no comment", "D": "single", "E": "", "F": "indented",
        ]
        #expect(ComposeVariables.parse(text) == expected)
    }
}
