"""The GraphQL contract: types, inputs and payloads, one noun a file.

Types say what a client may ask and shape what was found; what they need to know they ask through schema.port, which
the resolvers meet. Refuses to load, decide or change anything. `schema.graphql` is generated from here and committed.
"""
