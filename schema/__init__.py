"""The GraphQL types and inputs; `schema.graphql`, generated and committed, is the public contract.

Refuses: behaviour. A type here is a shape; what happens is in `resolvers` and below.
"""
