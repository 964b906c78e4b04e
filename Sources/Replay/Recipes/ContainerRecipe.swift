// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// The requests that make a captured container again.
///
/// Everything of `Config` and `HostConfig` is sent as it was shown, also fields that this program does not know. What is
/// changed, and why, stands at each change.
struct ContainerRecipe {
    let container: ContainerRecord
    let context: RecipeContext

    /// The body of `POST /containers/create`.
    var body: JSONValue {
        guard case .object(var body) = container.inspect["Config"] else { return .null }
        body["Entrypoint"] = entrypoint
        // No engine keeps a name with a digest when an image is loaded (moby issue 22011), and the other kind of store
        // has another id.
        if let name = body["Image"]?.string, name.contains("@") || name == container.imageID,
            let id = context.imageIDs[container.imageID]
        {
            body["Image"] = .string(id)
        }
        if !context.labels.isEmpty { body["Labels"] = ReplayLabels.adding(context.labels, to: body["Labels"]) }
        adaptToSharedNamespaces(&body)
        // An engine tidies the folder that is asked for, but not the one that it takes from the image.
        if body["WorkingDir"] == context.image(of: container)?.inspect["Config"]["WorkingDir"] {
            body["WorkingDir"] = nil
        }
        body["HostConfig"] = HostConfigRecipe(container: container, context: context).body
        let endpoints = EndpointRecipe(container: container, context: context)
        setAddress(&body, endpoints)
        if let attached = endpoints.atCreation { body["NetworkingConfig"] = ["EndpointsConfig": attached] }
        return .object(body)
    }

    /// What is to be connected between creation and start.
    var connections: [EndpointRecipe.Connection] {
        EndpointRecipe(container: container, context: context).afterCreation
    }

    /// What is to be connected after the start.
    var lateConnections: [EndpointRecipe.Connection] {
        EndpointRecipe(container: container, context: context).afterStart
    }

    /// Before API 1.44 it is the only way to ask for a MAC address; until 1.51 it is taken beside that of the first network
    /// where the two are the same, and refused later.
    private func setAddress(_ body: inout JSONObject, _ endpoints: EndpointRecipe) {
        if context.targetAPIMinor < 44 {
            if let address = endpoints.primaryAddress { body["MacAddress"] = .string(address) }
        } else if context.targetAPIMinor > 51 || body["MacAddress"]?.string != endpoints.primaryAddress {
            body["MacAddress"] = nil
        }
    }

    /// An entry point that was reset is shown as null, but null asks for the image's own; `[""]` resets it again.
    private var entrypoint: JSONValue {
        let shown = container.inspect["Config"]["Entrypoint"]
        guard shown.isEmpty, let image = context.image(of: container) else { return shown }
        return image.inspect["Config"]["Entrypoint"].isEmpty ? shown : [""]
    }

    /// A container in another's or the machine's namespaces shows fields that it got from there, and that the engine
    /// refuses or would pin when they are sent (moby's runconfig, `validateNetContainerMode`).
    private func adaptToSharedNamespaces(_ body: inout JSONObject) {
        let host = container.inspect["HostConfig"]
        if host["NetworkMode"].string?.hasPrefix("container:") == true {
            for key in ["Hostname", "Domainname", "ExposedPorts", "MacAddress"] { body[key] = nil }
        }
        let machineName = context.captured.info["Name"].string
        let sharesName = host["NetworkMode"].string == "host" || host["UTSMode"].string == "host"
        if sharesName, body["Hostname"]?.string == machineName || host["UTSMode"].string == "host" {
            body["Hostname"] = nil
        }
    }
}
