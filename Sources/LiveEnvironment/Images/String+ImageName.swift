// SPDX-License-Identifier: Apache-2.0

extension String {
    /// An image name taken apart: `registry:5000/app:dev` is `registry:5000/app` and `dev`.
    public var repositoryAndTag: (repository: String, tag: String) {
        guard let colon = lastIndex(of: ":"), !self[colon...].contains("/") else { return (self, "latest") }
        return (String(self[..<colon]), String(self[index(after: colon)...]))
    }
}
