package trackdechets

// resolver answers a root field. It runs with the register locked; a signed-in user is there unless it is open.
type resolver struct {
	open    bool // needs no authentication
	resolve func(*Backend, *call) (any, error)
}

// resolve answers a root field, cut down to what was asked for.
func (b *Backend) resolve(p *plan, c *call) (any, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counters.Operations[c.field.Name]++
	found, ok := resolvers[c.field.Name]
	if !ok {
		found = resolver{open: true, resolve: (*Backend).meta}
	}
	if c.user == nil && !found.open {
		return nil, notSignedIn()
	}
	value, err := found.resolve(b, c)
	if err != nil {
		return nil, err
	}
	return p.project(b.schema, c.field.Definition.Type, c.field.SelectionSet, value), nil
}

// meta answers __typename and introspection.
func (b *Backend) meta(c *call) (any, error) {
	if c.field.Name == "__typename" {
		return c.field.ObjectDefinition.Name, nil
	}
	return b.schema.inspect(c.field.Name, c.args), nil
}

// permitted finds the form of a mutation, as a copy to change, and the company for which the user acts on it.
func (b *Backend) permitted(c *call, of func(*Form) []string, asked right, otherwise string) (f *Form, company string, err error) {
	found, err := b.books.find(c.formID(), "")
	if err != nil {
		return nil, "", err
	}
	company = c.user.actsFor(of(found), asked)
	if company == "" {
		return nil, "", forbidden(otherwise)
	}
	return found.clone(), company, nil
}
