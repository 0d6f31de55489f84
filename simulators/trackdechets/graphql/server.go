// Package graphql is the protocol of Trackdéchets' back end: requests and batches over HTTP, validation against the
// schema, coercion of values, limits, and the shapes of answers. It does not know
// what root fields do.
package graphql

import (
	"errors"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/limits"
	"sluss/simulators/trackdechets/refusal"
)

// Resolver answers a root field. It runs with the records locked; a signed-in user is there unless it is open.
type Resolver struct {
	Open    bool // needs no authentication
	Resolve func(*Call) (any, error)
}

// Resolvers are root fields by name.
type Resolvers map[string]Resolver

// Add adds a root field that needs a user.
func (r Resolvers) Add(name string, resolve func(*Call) (any, error)) {
	r[name] = Resolver{Resolve: resolve}
}

// Server executes operations. All fields must be set, but Limits.
type Server struct {
	Schema    *Schema
	Zone      *time.Location // of date-times without zone
	Resolvers Resolvers
	Lock      sync.Locker // is held while a root field is resolved
	// Authenticate finds the user of a token; nil for an unknown one.
	Authenticate func(token string) *companies.User
	// Around runs the work of an operation, or answers in its place.
	Around func(p *Plan, work func() Result) Result
	// Count is called for every root field that is resolved.
	Count func(name string)
	// Limits are root fields with a limit of their own, by name; they count per user.
	Limits map[string]*limits.Meter
}

// resolve answers a root field, cut down to what was asked for.
func (s *Server) resolve(p *Plan, c *Call) (any, error) {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	s.Count(c.field.Name)
	found, ok := s.Resolvers[c.field.Name]
	if !ok {
		found = Resolver{Open: strings.HasPrefix(c.field.Name, "__"), Resolve: s.meta}
	}
	if c.isForSession() || (c.User == nil && !found.Open) {
		return nil, refusal.NotSignedIn()
	}
	value, err := found.Resolve(c)
	if err != nil {
		return nil, err
	}
	return p.project(s.Schema, c.field.Definition.Type, c.field.SelectionSet, value), nil
}

// meta answers __typename and introspection; what else the schema has is not simulated, and fails.
func (s *Server) meta(c *Call) (any, error) {
	if !strings.HasPrefix(c.field.Name, "__") {
		return nil, refusal.Internal()
	}
	if c.field.Name == "__typename" {
		return c.field.ObjectDefinition.Name, nil
	}
	return s.Schema.inspect(c.field.Name, c.Args), nil
}

// execute resolves the root fields one after another and stops at the first error of one that may not be null.
func (s *Server) execute(p *Plan) Result {
	data := map[string]any{}
	var errs []wireError
	for _, c := range p.Calls {
		value, err := s.resolve(p, c)
		if err != nil {
			errs = append(errs, c.wireError(err))
			if c.field.Definition.Type.NonNull {
				return answered(nil, errs...)
			}
		}
		data[c.field.Alias] = value
	}
	return answered(data, errs...)
}

func (c *Call) wireError(err error) wireError {
	var refused *refusal.Refusal
	if !errors.As(err, &refused) {
		refused = refusal.Internal()
	}
	wire := plainError(refused.Code, refused.Message)
	maps.Copy(wire.Extensions, refused.Extra)
	if !refused.Bare {
		wire.Path = []string{c.field.Alias}
		wire.Locations = locate(c.field.Position)
	}
	return wire
}

// Failed is the answer of an operation whose first root field fails with an error.
func (p *Plan) Failed(err error) Result { return answered(nil, p.Calls[0].wireError(err)) }

// Replaced is an answer that replaces the whole response.
func Replaced(write func(http.ResponseWriter)) Result { return Result{instead: write} }
