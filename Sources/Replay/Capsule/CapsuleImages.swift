// SPDX-License-Identifier: Apache-2.0

/// The images that are made for capsules.
public enum CapsuleImages {
    /// Their repository; the tag is the replay's name.
    public static let repository = "envsnap/capsule"
}
