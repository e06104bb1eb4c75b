package import JSON
import KlingCore

/// One of the files that are published, generated from the tables of the program.
package struct ProtocolDocument: Sendable {
    /// What it is asked for by.
    package let name: String
    /// Its place in the folder of all.
    package let path: String
    package let make: @Sendable (_ version: String) -> JSONObject

    package static let all: [ProtocolDocument] =
        [ProtocolDocument("openrpc", "openrpc.json") { OpenRPC(version: $0).json() }]
        + Catalog.standard.models.map { model in
            ProtocolDocument(model.name, "schemas/" + model.schemaName) { _ in model.schema(.both) }
        } + [
            ProtocolDocument("kling", "schemas/" + Catalog.schemaName) { _ in Catalog.standard.schema },
            ProtocolDocument("task", "schemas/task.schema.json") { _ in schema(of: .task, "task.schema.json")
            },
            ProtocolDocument("diagnostic", "schemas/diagnostic.schema.json") { _ in
                schema(of: .diagnostic, "diagnostic.schema.json")
            }, ProtocolDocument("diagnostics", "diagnostics.json") { _ in DiagnosticsDocument.json() }
        ]

    private init(_ name: String, _ path: String, make: @escaping @Sendable (String) -> JSONObject) {
        self.name = name
        self.path = path
        self.make = make
    }

    /// As the file holds it.
    package func text(version: String) -> String { JSONValue.object(make(version)).pretty() + "\n" }

    /// A component and those that it speaks of, as a schema of its own.
    private static func schema(of component: Component, _ id: String) -> JSONObject {
        let place = "#/$defs/"
        var schema: JSONObject = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": .string(id)
        ]
        for (name, value) in component.json(place) { schema[name] = value }
        let others = component.schema.components()
        schema["$defs"] = .object(
            JSONObject(
                Component.allCases.filter(others.contains).map { ($0.rawValue, .object($0.json(place))) }))
        return schema
    }
}
