// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

extension Row {
    /// The value of a column.
    ///
    /// GRDB's subscript ends the program where the value is of another type. The tables are strict, but a disk that loses or
    /// changes a page is not.
    func read<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ column: Int) throws -> Value {
        try decode(Value.self, atIndex: column)
    }
}
