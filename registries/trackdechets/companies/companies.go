// Package companies asks Trackdéchets who is registered there, and as what.
package companies

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/Khan/genqlient/graphql"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// Directory is the registry's directory of companies.
type Directory struct{ Calls *calls.Client }

// EcoOrganismes are those that may be on a BSDD, by name: one call. The errors are
// those of calls.Session.Answered.
func (d Directory) EcoOrganismes(ctx context.Context, company string) ([]sluss.Party, sluss.Exchange, error) {
	all := []sluss.Party{}
	s := d.Calls.Session(company, "ecoOrganismes")
	told, unread := wire.EcoOrganismes(ctx, s)
	if err := s.Answered(unread); err != nil {
		return nil, s.Exchange(), err
	}
	for _, e := range told.EcoOrganismes {
		all = append(all, sluss.Party{
			ID: e.Siret, Country: "FR", Role: sluss.EcoOrganisme, Name: html.UnescapeString(e.Name), Address: html.UnescapeString(e.Address),
		})
	}
	slices.SortFunc(all, func(a, b sluss.Party) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	return all, s.Exchange(), nil
}

// PreflightCalls is how many calls of the rate limit a preflight takes: one for every
// five companies, since so many are asked for together, and one for the éco-organismes.
func PreflightCalls(doc bsdd.Document) int {
	numbers, organisme := asked(participants(doc))
	n := (len(numbers) + calls.MostAtOnce - 1) / calls.MostAtOnce
	if organisme {
		n++
	}
	return n
}

// asked are the companies to ask for, each once, and whether an éco-organisme is among
// them.
func asked(all []participant) (numbers []string, organisme bool) {
	for _, p := range all {
		if id := bsdd.Number(p.company); id != "" && !slices.Contains(numbers, id) {
			numbers = append(numbers, id)
		}
		organisme = organisme || p.label == reasons.EcoOrganisme
	}
	return numbers, organisme
}

// Preflight asks whether the companies of a batch may be on its BSDD, with the token of
// one of ours: Accepted where nothing blocks, with what a person should know all the
// same as Detail; Rejected with the reasons where the registry would refuse them;
// Deferred where it cannot say now. It changes nothing there. The directory does not tell
// whether a company has been verified. The exchange is from its first call to its last.
func (d Directory) Preflight(ctx context.Context, company string, doc bsdd.Document) (sluss.Outcome, sluss.Exchange, error) {
	all := participants(doc)
	known, listed, made, err := d.look(ctx, company, all)
	if o, err := calls.Deferred(err); err != nil || o.Kind == sluss.Deferred {
		return o, made, err
	}
	var blocking []sluss.Reason
	var notes []string
	for _, p := range all {
		for _, f := range p.examine(known[bsdd.Number(p.company)], listed) {
			if f.blocks {
				blocking = append(blocking, sluss.Reason{Code: f.code, Field: f.Field, Message: f.Problem, Remedy: f.Remedy})
			} else {
				notes = append(notes, f.String())
			}
		}
	}
	detail := strings.Join(notes, "; ")
	if len(blocking) > 0 {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: blocking, Detail: detail}, made, nil
	}
	return sluss.Outcome{
		Kind: sluss.Accepted, Detail: cmp.Or(detail, fmt.Sprintf("%d companies are registered as what they do on the BSDD", len(all))),
		Receipt: &sluss.Receipt{Registry: sluss.Trackdechets, ID: "preflight-" + made.Ended.UTC().Format("20060102T150405Z"), Status: "looked up", At: made.Ended},
	}, made, nil
}

// look asks for the companies; listed are the éco-organismes of BSDDs, where one is
// asked for.
func (d Directory) look(ctx context.Context, company string, all []participant) (known map[string]*wire.CompanyInfo, listed []sluss.Party, made sluss.Exchange, err error) {
	numbers, organisme := asked(all)
	known, made = map[string]*wire.CompanyInfo{}, calls.NotMade("companyInfos")
	began := made.Started
	for ids := range slices.Chunk(numbers, calls.MostAtOnce) {
		made, err = d.entries(ctx, company, ids, known)
		made.Started = began
		if err != nil {
			return known, nil, made, err
		}
	}
	if organisme {
		listed, made, err = d.EcoOrganismes(ctx, company)
		made.Started = began
	}
	return known, listed, made, err
}

// entries are those of at most calls.MostAtOnce companies; nil: the directory
// answered that there is none, which it says of companies that are not even in the
// national one.
func (d Directory) entries(ctx context.Context, company string, ids []string, known map[string]*wire.CompanyInfo) (sluss.Exchange, error) {
	questions := make([]graphql.Request, len(ids))
	for i, id := range ids {
		questions[i] = graphql.Request{OpName: "CompanyInfos", Query: wire.CompanyInfos_Operation, Variables: map[string]string{"clue": id}}
	}
	whole := d.Calls.Session(company, "companyInfos")
	each, err := whole.AskAll(ctx, questions)
	for i, s := range each {
		if s.Code() == reasons.BadUserInput {
			continue
		}
		var told wire.CompanyInfosResponse
		unread := s.Read(&told)
		if unread == nil && told.CompanyInfos.OrgId == "" {
			unread = calls.ErrNoData
		}
		if err = s.Answered(unread); err != nil {
			break
		}
		known[ids[i]] = &told.CompanyInfos
	}
	return whole.Exchange(), err
}

// participant is a company with its part on the BSDD, by the label of the registry's
// messages.
type participant struct {
	company   sluss.Party
	label     string
	path      string // of the company in the declaration
	dangerous bool   // the waste is
	mode      sluss.Mode
	on        time.Time // when it acts: a receipt must last until then
}

// participants are the companies of a BSDD, all its transporters among them.
func participants(d bsdd.Document) (all []participant) {
	d.Obligation = sluss.Obligation{}
	d = d.At(d.FirstLeg)
	add := func(d bsdd.Document, company sluss.Party, label, path string) {
		l := d.FrenchLeg()
		all = append(all, participant{company, label, path, d.Dangerous(), l.Mode, l.Departure})
	}
	if !d.Person() && !d.Ship() { // whom the directory does not know
		add(d, d.Emitter(), reasons.Emitter, d.Places().Path(reasons.Emitter))
	}
	for i, p := range d.Declaration.Pickups {
		add(d, p.Producer, reasons.Emitter, fmt.Sprintf("pickups.%d.producer", i))
	}
	for _, a := range d.Associates() {
		add(d, a.Party, a.Label, a.Path)
	}
	carrier := func(d bsdd.Document) {
		add(d, d.Carrier(), reasons.Transporter, d.Places().Path(reasons.Transporter))
	}
	for _, leg := range d.Legs() {
		carrier(d.At(leg))
	}
	recipient, _ := d.Recipient()
	add(d, recipient, reasons.Recipient, d.Places().Path(reasons.Recipient))
	if stored := d.StoredAfter(); stored > 0 && stored < len(d.Declaration.Legs) {
		onward := d.At(stored + 1)
		carrier(onward)
		add(onward, d.Declaration.Receiver, reasons.Recipient, reasons.Receiver)
	}
	return all
}
