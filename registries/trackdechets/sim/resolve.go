package sim

import "slices"

// resolver answers a root field. It runs with the register locked; a signed-in user is there unless it is open.
type resolver struct {
	open    bool // needs no authentication
	resolve func(*Backend, *call) (any, error)
}

func resolverOf(field string) resolver {
	switch field {
	case "me":
		return resolver{resolve: (*Backend).me}
	case "companyInfos":
		return resolver{open: true, resolve: (*Backend).companyInfos}
	case "form":
		return resolver{resolve: (*Backend).form}
	case "forms":
		return resolver{resolve: (*Backend).forms}
	case "createForm":
		return resolver{resolve: (*Backend).createForm}
	case "updateForm":
		return resolver{resolve: (*Backend).updateForm}
	case "deleteForm":
		return resolver{resolve: (*Backend).deleteForm}
	case "markAsSealed":
		return resolver{resolve: (*Backend).markAsSealed}
	case "signEmissionForm":
		return resolver{resolve: (*Backend).signEmission}
	case "signTransportForm":
		return resolver{resolve: (*Backend).signTransport}
	case "markAsReceived":
		return resolver{resolve: (*Backend).markAsReceived}
	case "markAsAccepted":
		return resolver{resolve: (*Backend).markAsAccepted}
	case "markAsProcessed":
		return resolver{resolve: (*Backend).markAsProcessed}
	default:
		return resolver{open: true, resolve: (*Backend).meta}
	}
}

func (b *Backend) resolve(c *call) (any, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counters.Operations[c.field.Name]++
	found := resolverOf(c.field.Name)
	if c.user == nil && !found.open {
		return nil, &refusal{code: codeUnauthenticated, message: "Vous n'êtes pas connecté."}
	}
	return found.resolve(b, c)
}

// meta answers __typename and introspection.
func (b *Backend) meta(c *call) (any, error) {
	if c.field.Name == "__typename" {
		return c.field.ObjectDefinition.Name, nil
	}
	return b.schema.inspect(c.field.Name, c.args), nil
}

// commit makes a mutation's effect stand, and answers the form.
func (b *Backend) commit(c *call, f *Form, company string, input map[string]any) (any, error) {
	now := b.now()
	f.UpdatedAt = now
	entry := Entry{Name: c.field.Name, At: now, User: c.user.Email, Company: company, Status: f.Status, Input: input}
	if err := b.books.commit(f, entry); err != nil {
		return nil, err
	}
	b.counters.Effects[c.field.Name]++
	return f.wire(), nil
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

// fill completes a form as the register does: directory names, receipts from profiles, what follows from the waste.
func (b *Backend) fill(f *Form) {
	waste := object(f.Data, "wasteDetails")
	if waste != nil {
		b.fillWaste(f, waste)
	}
	for _, path := range []string{"emitter", "recipient", "trader", "broker"} {
		b.fillCompany(object(f.Data, path+".company"))
	}
	for _, path := range []string{"trader", "broker"} {
		if party := object(f.Data, path); party != nil {
			party["receipt"], party["department"], party["validityLimit"] = nil, nil, nil
		}
	}
	for _, transporter := range f.transporters() {
		if text(transporter, "takenOverAt") == "" {
			b.fillCompany(object(transporter, "company"))
			b.fillReceipt(transporter)
		}
	}
}

func (b *Backend) fillWaste(f *Form, waste map[string]any) {
	if text(waste, "onuCode") == "" {
		waste["onuCode"] = nil
	}
	if waste["pop"] == nil {
		waste["pop"] = false
	}
	if waste["isDangerous"] == nil && dangerous(f) {
		waste["isDangerous"] = true
	}
	packagings := list(waste, "packagingInfos")
	if slices.ContainsFunc(packagings, isPipeline) {
		f.Data["isDirectSupply"] = true
		packagings = []any{}
		waste["packagingInfos"] = packagings
	}
	for _, entry := range packagings {
		if packaging, ok := entry.(map[string]any); ok && packaging["identificationNumbers"] == nil {
			packaging["identificationNumbers"] = []any{}
		}
	}
}

func (b *Backend) fillCompany(company map[string]any) {
	known, ok := b.companies[text(company, "siret")]
	if ok && b.options.Sirene {
		company["name"], company["address"] = known.Name, known.Address
	}
}

// fillReceipt takes the transporter's receipt from its profile; what was sent is ignored.
func (b *Backend) fillReceipt(transporter map[string]any) {
	transporter["receipt"], transporter["department"], transporter["validityLimit"] = nil, nil, nil
	receipt := b.companies[companyID(transporter, "company")].Receipt
	if receipt.Number == "" || truth(transporter, "isExemptedOfReceipt") {
		return
	}
	transporter["receipt"] = receipt.Number
	transporter["department"] = receipt.Department
	transporter["validityLimit"] = formatTime(receipt.ValidityLimit)
}

func isPipeline(entry any) bool {
	packaging, ok := entry.(map[string]any)
	return ok && packaging["type"] == "PIPELINE"
}
