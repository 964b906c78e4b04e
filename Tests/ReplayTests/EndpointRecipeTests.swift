// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@testable import Replay

@Suite struct EndpointRecipeTests {
    private static let networks: JSONValue = [
        "foo_net": [
            "IPAMConfig": nil, "IPAddress": "10.81.82.100", "MacAddress": "de:03:34:00:00:01",
            "Aliases": ["app", .string(String(Sample.id.prefix(12))), "other"], "GlobalIPv6Address": "fd00::5",
            "Links": ["db:database"], "EndpointID": "e", "NetworkID": "n", "Gateway": "10.81.82.1",
        ],
        "bar_net": ["IPAMConfig": ["IPv4Address": "10.2.0.9"], "IPAddress": "", "MacAddress": "", "Aliases": nil],
    ]

    /// Trap N-06: one endpoint at creation before API 1.44.
    @Test func `an old engine gets the first network at creation and the others afterwards`() throws {
        let recipe = try Self.recipe(api: 41)
        #expect(
            recipe.atCreation == [
                "foo_net": [
                    "IPAMConfig": ["IPv4Address": "10.81.82.100", "IPv6Address": "fd00::5"],
                    "Aliases": ["app", "other"],
                    "Links": ["db:database"],
                ]
            ])
        #expect(recipe.afterCreation.map(\.network) == ["bar_net"])
        #expect(recipe.afterCreation.map(\.endpoint) == [["IPAMConfig": ["IPv4Address": "10.2.0.9"]]])
    }

    @Test func `a newer engine gets all endpoints at creation, with their MAC addresses`() throws {
        let recipe = try Self.recipe(api: 45)
        let endpoints = try #require(recipe.atCreation?.object)
        #expect(Set(endpoints.keys) == ["foo_net", "bar_net"])
        #expect(endpoints["foo_net"]?["MacAddress"] == "de:03:34:00:00:01")
        #expect(endpoints["bar_net"] == ["IPAMConfig": ["IPv4Address": "10.2.0.9"]])
        #expect(recipe.afterCreation.isEmpty)
    }

    /// Trap N-02: the default bridge refuses addresses and aliases.
    @Test(arguments: ["default", "bridge"], [41, 45])
    func `nothing is pinned on the default bridge`(_ mode: String, _ api: Int) throws {
        let settings: JSONValue = ["bridge": ["IPAddress": "172.17.0.5", "Aliases": ["x"], "MacAddress": ""]]
        let recipe = try Self.recipe(api: api, mode: mode, networks: settings)
        #expect(recipe.atCreation == ["bridge": [:]])
        #expect(recipe.afterCreation.isEmpty)
    }

    @Test func `the default bridge is the first network also where it was not recorded`() throws {
        var engine = try Sample.engine()
        engine.networks = []
        let container = Sample.container(host: ["NetworkMode": "default"], networks: ["bridge": [:]])
        let recipe = EndpointRecipe(container: container, context: try Sample.context(api: 41, engine: engine))
        #expect(recipe.atCreation == ["bridge": [:]])
        #expect(recipe.afterCreation.isEmpty)
    }

    @Test(arguments: ["host", "none"]) func `these networks have no endpoint to configure`(_ mode: String) throws {
        for api in [41, 45] {
            let recipe = try Self.recipe(api: api, mode: mode, networks: [mode: ["IPAddress": ""]])
            #expect(recipe.atCreation == nil)
            #expect(recipe.afterCreation.isEmpty)
        }
    }

    @Test func `a network that is named by its id is the first one too`() throws {
        let recipe = try Self.recipe(api: 41, mode: Sample.networkID)
        #expect(recipe.atCreation?.object?.keys == ["foo_net"])
    }

    /// Trap N-08: another container's short id is an alias like any other.
    @Test func `only the own short id is dropped from the aliases`() throws {
        let foreign = String(Sample.donor.prefix(12))
        let recipe = try Self.recipe(
            api: 45,
            networks: ["foo_net": ["Aliases": ["a", .string(foreign), "a", .string(String(Sample.id.prefix(12)))]]])
        #expect(recipe.atCreation?["foo_net"]["Aliases"] == ["a", .string(foreign), "a"])
    }

    @Test func `the creation carries the endpoints`() throws {
        let body = try Sample.body(
            Sample.container(host: ["NetworkMode": "foo_net"], networks: Self.networks), Sample.context(api: 45))
        #expect(body["NetworkingConfig"]["EndpointsConfig"].object?.count == 2)
    }

    private static func recipe(api: Int, mode: String = "foo_net", networks: JSONValue = networks) throws
        -> EndpointRecipe
    {
        EndpointRecipe(
            container: Sample.container(host: ["NetworkMode": .string(mode)], networks: networks),
            context: try Sample.context(api: api))
    }
}
