// Package wire is what goes to Trackdéchets and comes back: the inputs of its
// public schema as far as we send them, and the calls about BSDDs, companies,
// revisions, registers of waste and webhooks, which genqlient generates from the
// *.graphql files here. It calls nobody by itself.
package wire

//go:generate go run github.com/Khan/genqlient genqlient.yaml
