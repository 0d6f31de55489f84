// Package documents is what companies do with documents of the six kinds: they make, change, sign, list and delete them.
// What differs from kind to kind stands in package kinds.
package documents

import (
	"fmt"
	"slices"
	"strings"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/files"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
)

type (
	// Document is that of package kinds.
	Document = kinds.Document
	// Kind is that of package kinds.
	Kind = kinds.Kind
)

// Service serves the operations on documents. Make it with New; all its methods expect the records to be locked.
type Service struct {
	*records.Store
	Files *files.Store
	// Sirene and PDFFails are the options of the simulator.
	Sirene, PDFFails bool
	// LatestRevision is the newest revision of a document as the schema has it; nil for none.
	LatestRevision func(id string) any

	codes   companies.Attempts
	links   map[*Kind]Links
	holders map[string]string // documents by the ids of the transporters on them
}

// Links are how documents of a kind lead to others.
type Links struct {
	// Lay writes down the documents that one goes on from, and answers those that change with it.
	Lay func(d *Document, input map[string]any) ([]*Document, error)
	// Wire adds to a document on the wire what others say about it.
	Wire func(d *Document, data map[string]any)
	// Follow answers the documents that an act on one brings along.
	Follow func(act string, d *Document) []*Document
	// Leave answers the documents that change when one is deleted.
	Leave func(d *Document) []*Document
	// Stranger is the company for which a user may make a document on which it does not stand; empty: none.
	Stranger func(user *companies.User, d *Document) string
}

// New opens the service on records.
func New(b *records.Store, store *files.Store) *Service {
	d := &Service{Store: b, Files: store, links: map[*Kind]Links{}, holders: map[string]string{}}
	for _, k := range kinds.All {
		d.links[k] = d.byIDs(k)
	}
	d.links[kinds.BSFF] = d.byPackagings()
	for _, k := range kinds.All {
		for _, doc := range b.Newest(k.Name) {
			d.hold(k, nil, doc)
		}
	}
	b.OnChange(func(changes []records.Change) {
		for _, change := range changes {
			if k := kinds.Of(change.After.Kind); k != nil {
				d.hold(k, change.Before, change.After)
			}
		}
	})
	return d
}

// SetLinks says how documents of a kind lead to others.
func (d *Service) SetLinks(k *Kind, l Links) { d.links[k] = l }

// Resolvers are the root fields of all kinds.
func (d *Service) Resolvers() graphql.Resolvers {
	all := graphql.Resolvers{}
	for _, k := range kinds.All {
		add := func(name string, resolve func(*Kind, *graphql.Call) (any, error)) {
			all.Add(name, func(c *graphql.Call) (any, error) { return resolve(k, c) })
		}
		lower := strings.ToLower(k.Name)
		add("create"+k.Name, d.create)
		add("update"+k.Name, d.update)
		add("delete"+k.Name, d.remove)
		add("duplicate"+k.Name, d.duplicate)
		add(lower+"Pdf", d.pdf)
		if k.Several {
			add("create"+k.Name+"Transporter", d.createTransporter)
			add("update"+k.Name+"Transporter", d.updateTransporter)
			add("delete"+k.Name+"Transporter", d.deleteTransporter)
		}
		if k == kinds.BSDD {
			for _, a := range k.Acts {
				if a.By != nil {
					add(a.Name, func(k *Kind, c *graphql.Call) (any, error) { return d.Act(k, c, c.Name()) })
				}
			}
			continue
		}
		add(lower, d.one)
		add(lower+"s", d.list)
		add("createDraft"+k.Name, d.create)
		add("publish"+k.Name, d.publish)
		add("sign"+k.Name, func(k *Kind, c *graphql.Call) (any, error) { return d.Act(k, c, c.Text("input.type")) })
	}
	all.Add("signBsdasriEmissionWithSecretCode", func(c *graphql.Call) (any, error) { return d.Act(kinds.BSDASRI, c, "EMISSION") })
	all.Add("createPdfAccessToken", d.roadControl)
	d.addPackagings(all)
	return all
}

// Facts are what the rules may know.
func (d *Service) Facts() kinds.Facts {
	return kinds.Facts{Companies: d.Companies, Now: d.Now(), Sirene: d.Sirene}
}

// NewDocument is an empty one of a kind.
func (d *Service) NewDocument(k *Kind) *Document {
	readable := records.NewReadableID(k.Prefix, d.Now())
	id := readable
	if k.Opaque {
		id = records.NewID()
	}
	doc := d.New(k.Name, id, map[string]any{})
	doc.ReadableID, doc.Status = readable, k.First
	return doc
}

// Permitted finds the document of a call, as a copy to change, and the company for which the user acts on it.
func (d *Service) Permitted(k *Kind, c *graphql.Call, asked companies.Right, otherwise string) (*Document, string, error) {
	doc, err := d.Document(k, c.ID())
	if err != nil {
		return nil, "", err
	}
	company := c.User.ActsFor(k.Contributors(doc), asked)
	if company == "" {
		return nil, "", refusal.Forbidden(otherwise)
	}
	return doc, company, nil
}

// Document finds a document of a kind, as a copy to change.
func (d *Service) Document(k *Kind, id string) (*Document, error) {
	doc, ok := d.Find(k.Name, id)
	if !ok {
		return nil, refusal.BadInput(fmt.Sprintf(k.Says.NotFound, id))
	}
	return doc, nil
}

// claim makes the user's companies on a draft its owners, beside those that are.
func claim(k *Kind, doc *Document, user *companies.User) {
	mine := user.Mine(k.Companies(doc), companies.MayUpdate)
	doc.Owners = slices.DeleteFunc(k.Companies(doc), func(id string) bool {
		return !slices.Contains(mine, id) && !slices.Contains(doc.Owners, id)
	})
}

// Save stores a changed document, and others that changed with it, and returns the document as the API shows it.
func (d *Service) Save(k *Kind, c *graphql.Call, company string, input map[string]any, doc *Document, also ...*Document) (any, error) {
	if err := d.Commit(c, company, input, slices.Concat([]*Document{doc}, also)...); err != nil {
		return nil, err
	}
	return d.Wire(doc), nil
}
