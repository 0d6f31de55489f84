package workflows_test

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/obligations"
	"sluss/registries/trackdechets"
	sim "sluss/simulators/trackdechets"
	"sluss/workflows"
)

// taskRegistry is a simulated Trackdéchets with the companies of the samples, their
// client, and what the ledger holds of the batches that were played to their
// end.
type taskRegistry struct {
	*sim.Backend
	client   *trackdechets.Client
	receipts map[sluss.FilingID]*sluss.Receipt // by filing
}

func newTaskRegistry(t *testing.T) *taskRegistry {
	t.Helper()
	b, err := sim.New(sim.Options{GroupingDelay: -1})
	must(t, err)
	t.Cleanup(func() { must(t, b.Close()) })
	receipt := sim.Receipt{Number: "R-1", Department: "07", ValidityLimit: time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC)}
	tokens := map[string]string{}
	for _, c := range []sim.Company{
		{Siret: "00000000283366", Types: []string{"PRODUCER"}},
		{Siret: "00000000283440", Types: []string{"PRODUCER"}},
		{Siret: "00000000283374", Types: []string{"TRANSPORTER"}, Receipt: receipt},
		{Siret: "00000000283390", Types: []string{"WASTEPROCESSOR"}, WasteProcessorTypes: []string{"DANGEROUS_WASTES_INCINERATION"}},
		{Siret: "00000000283416", Types: []string{"COLLECTOR"}, CollectorTypes: []string{"DANGEROUS_WASTES"}},
		{Siret: "00000000283432", Types: []string{"TRANSPORTER"}, Receipt: receipt},
		{Siret: "00000000283465", Types: []string{"COLLECTOR"}, CollectorTypes: []string{"DANGEROUS_WASTES"}},
		{Siret: "00000000283457", Types: []string{"TRADER"}, TraderReceipt: receipt},
		{Siret: "00000000283499", Types: []string{"BROKER"}, BrokerReceipt: receipt},
		{Siret: "00000000283473", Types: []string{"ECO_ORGANISME"}},
		{Siret: "00000000283481", Types: []string{"PRODUCER"}},
		{VATNumber: "DE136695976", Types: []string{"TRANSPORTER"}},
	} {
		id := c.Siret + c.VATNumber
		c.Name, c.Address, c.SecurityCode = "Company "+id, "1 rue de Paris", 1234
		must(t, b.AddCompany(c))
		tokens[id] = "token-of-" + id
		must(t, b.AddUser(sim.User{Token: tokens[id], Name: c.Name, Email: id + "@companies.example", Roles: map[string]sim.Role{id: sim.Member}}))
	}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return &taskRegistry{
		Backend: b, receipts: map[sluss.FilingID]*sluss.Receipt{},
		client: trackdechets.New(trackdechets.Options{URL: server.URL, Tokens: tokens, TestCompanies: true}),
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// play takes a batch to its end: people sign what waits for them, and report the
// event that may happen; say sets the values of an event.
func (b *taskRegistry) play(t *testing.T, d sluss.Declaration, say func(*sluss.Event)) workflows.BatchResult {
	t.Helper()
	if faults := obligations.Validate(d); faults != nil {
		t.Fatalf("%s: %v", d.Reference, faults)
	}
	p := newPlantOf(t, d)
	p.registries[sluss.Trackdechets] = b.client
	p.ledger.elsewhere = func(filing sluss.FilingID) (*sluss.Receipt, bool) {
		receipt := b.receipts[filing]
		return receipt, receipt != nil
	}
	for hour := range 72 { // as many looks as a life takes
		p.after(time.Duration(hour+1)*time.Hour, func() { p.act(say) })
	}
	result := p.run()
	for _, f := range result.Filings {
		if f.Stage != sluss.StageAccepted || f.Receipt == nil {
			t.Fatalf("%s: %s is %s: %+v", d.Reference, f.Obligation.ID, f.Stage, f.Reasons)
		}
		b.receipts[f.Filing] = f.Receipt
	}
	return result
}

// act does what a person may do now.
func (p *plant) act(say func(*sluss.Event)) {
	value, err := p.env.QueryWorkflow(workflows.BatchQuery.Name)
	if err != nil {
		return // it has ended
	}
	var state workflows.BatchState
	if err := value.Get(&state); err != nil {
		p.t.Error(err)
	}
	for _, f := range state.Filings {
		if f.Stage == sluss.StageSignature && p.signs(f) {
			return
		}
		if f.Blocked() {
			p.t.Errorf("%s is %s: %+v", f.Obligation.ID, f.Stage, f.Reasons)
			p.env.SetDetachedChildWait(false)
			p.env.CancelWorkflow()
			return
		}
	}
	for _, a := range state.Actions {
		if a.Kind != workflows.ActEvent || len(a.Blocked) > 0 || a.What == string(sluss.WasteRefused) {
			continue
		}
		kind, leg, _ := strings.Cut(a.What, "#")
		n, _ := strconv.Atoi(leg)
		e := sluss.Event{Kind: sluss.EventKind(kind), Leg: n, At: p.env.Now(), By: sluss.Person{Name: "Bo Lind"}}
		if e.Kind == sluss.Received {
			e.Mass = p.batch.Waste.Mass
		}
		if say != nil {
			say(&e)
		}
		p.env.UpdateWorkflow(workflows.EventUpdate.Name, p.update(), p.expect("event "+string(e.ID()), ""), e)
		return
	}
}

// signs signs the content of a filing; false if it does not wait for a signature yet.
func (p *plant) signs(f workflows.FilingState) bool {
	value, err := p.env.QueryWorkflowByID(f.Filing.Workflow(), workflows.FilingQuery.Name, f.Filing)
	if err != nil {
		return false
	}
	var asks workflows.FilingState
	if err := value.Get(&asks); err != nil {
		p.t.Error(err)
	}
	s := sluss.Signature{Role: f.Waiting, Person: sluss.Person{Name: "Claire Dupuis"}, At: p.env.Now(), ContentHash: asks.Hash}
	if err := p.env.UpdateWorkflowByID(f.Filing.Workflow(), workflows.SignUpdate.Name, p.update(), p.expect("signature on "+string(f.Obligation.ID), ""), to(f.Filing, s)); err != nil {
		p.t.Errorf("signature on %s: %v", f.Obligation.ID, err)
	}
	return true
}

// form is the document of a batch in the registry's records.
func (b *taskRegistry) form(t *testing.T, d sluss.Declaration) sim.Form {
	t.Helper()
	forms := b.Forms()
	i := slices.IndexFunc(forms, func(f sim.Form) bool { return sluss.BatchID(f.CustomID) == d.ID() && !f.Deleted })
	if i < 0 {
		t.Fatalf("no document of %s", d.ID())
	}
	return forms[i]
}

// agree holds the ledger of a batch against the registry's records: every filing
// is one step there, and no step is without one.
func (b *taskRegistry) agree(t *testing.T, d sluss.Declaration, result workflows.BatchResult) sim.Form {
	t.Helper()
	f := b.form(t, d)
	var steps, filed []string
	for _, entry := range f.Log {
		again := entry.Name == "markAsResealed" && slices.Contains(steps, entry.Name) // with the signature of what goes on
		if entry.User != "" && entry.Name != "updateForm" && !again {
			steps = append(steps, entry.Name)
		}
	}
	names := map[sluss.ReportKind]string{
		sluss.ReportCreation: "createForm", sluss.ReportSealing: "markAsSealed", sluss.ReportEmission: "signEmissionForm", sluss.ReportTakeOver: "signTransportForm",
		sluss.ReportStoring: "markAsTempStored", sluss.ReportStoringVerdict: "markAsTempStorerAccepted", sluss.ReportResealing: "markAsResealed",
		sluss.ReportArrival: "markAsReceived", sluss.ReportAcceptance: "markAsAccepted", sluss.ReportProcessing: "markAsProcessed",
		sluss.ReportPaper: "importPaperForm",
	}
	for _, filing := range result.Filings {
		if filing.Obligation.Report == sluss.ReportPreflight {
			continue // a question to the directory, of no document
		}
		filed = append(filed, names[filing.Obligation.Report])
		if filing.Receipt.ID != f.ID {
			t.Errorf("%s has the receipt %s of another document than %s", filing.Obligation.ID, filing.Receipt.ID, f.ID)
		}
	}
	if !slices.Equal(steps, filed) {
		t.Errorf("%s: the registry's steps %q, the ledger's filings %q", d.Reference, steps, filed)
	}
	return f
}

func sample(t *testing.T, name string) sluss.Declaration {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "examples", name+".json"))
	must(t, err)
	var d sluss.Declaration
	must(t, json.Unmarshal(data, &d))
	return d
}

func TestTwoFrenchBatchesGoOnAsOne(t *testing.T) {
	b := newTaskRegistry(t)
	first, second, whole := sample(t, "fr-regrouping-first"), sample(t, "fr-regrouping-second"), sample(t, "fr-regrouping-whole")
	for _, d := range []sluss.Declaration{first, second} {
		if f := b.agree(t, d, b.play(t, d, nil)); f.Status != sim.AwaitingGroup {
			t.Errorf("%s is %s", d.Reference, f.Status)
		}
	}
	result := b.play(t, whole, nil)
	if f := b.agree(t, whole, result); f.Status != sim.Processed {
		t.Errorf("the group is %s", f.Status)
	}
	for _, d := range []sluss.Declaration{first, second} {
		if f := b.form(t, d); f.Status != sim.Processed {
			t.Errorf("%s is %s", d.Reference, f.Status)
		}
	}
}

// A batch may go on in several, and several in one; what of it is left waits.
func TestAFrenchBatchGoesOnInParts(t *testing.T) {
	b := newTaskRegistry(t)
	first, whole := sample(t, "fr-regrouping-first"), sample(t, "fr-regrouping-whole")
	b.play(t, first, nil)
	part := func(reference string, mass sluss.Mass) sluss.Declaration {
		d := whole
		d.Reference, d.Waste.Mass = reference, mass
		d.Predecessors = []sluss.Predecessor{{Reference: first.Reference, Mass: mass}}
		return d
	}
	for _, step := range []struct {
		mass sluss.Mass
		want sim.Status // of the first afterwards
	}{{1_000 * sluss.Kilogram, sim.AwaitingGroup}, {799_999 * sluss.Gram, sim.AwaitingGroup}, {sluss.Gram, sim.Processed}} {
		d := part("PART-"+step.mass.Tonnes(), step.mass)
		if f := b.agree(t, d, b.play(t, d, nil)); f.Status != sim.Processed {
			t.Errorf("%s is %s", d.Reference, f.Status)
		}
		if f := b.form(t, first); f.Status != step.want {
			t.Errorf("after %s, the first is %s", step.mass, f.Status)
		}
	}
}

func TestHowFrenchBatchesEnd(t *testing.T) {
	abroad := func(country, id string) func(*sluss.Declaration) {
		return func(d *sluss.Declaration) {
			next := &d.Treatment.Next.Company
			next.Country, next.ID, next.Address = country, id, "Hafenstraße 1"
			d.Treatment.Next.Notification = "FR 2026 001234"
		}
	}
	untraced := func(d *sluss.Declaration) {
		d.Treatment.NoTraceability, d.Treatment.Next.Company = true, sluss.Party{}
	}
	for name, test := range map[string]struct {
		change func(*sluss.Declaration)
		say    func(*sluss.Event)
		want   sim.Status
	}{
		"it waits for its group":     {func(*sluss.Declaration) {}, nil, sim.AwaitingGroup},
		"its trace ends, as planned": {untraced, nil, sim.NoTraceability},
		"its trace ends":             {func(*sluss.Declaration) {}, func(e *sluss.Event) { e.NoTraceability = e.Kind == sluss.Treated }, sim.NoTraceability},
		"it goes on to Germany":      {abroad("DE", "DE136695976"), nil, sim.FollowedWithPNTTD},
		"it goes on to Switzerland":  {abroad("CH", "CHE123456789"), nil, sim.FollowedWithPNTTD},
		"it is stored in another way": {func(*sluss.Declaration) {}, func(e *sluss.Event) {
			if e.Kind == sluss.Treated {
				e.Operation = "D15"
			}
		}, sim.AwaitingGroup},
	} {
		t.Run(name, func(t *testing.T) {
			b := newTaskRegistry(t)
			d := sample(t, "fr-regrouping-first")
			next := *d.Treatment.Next
			d.Treatment.Next = &next
			test.change(&d)
			if f := b.agree(t, d, b.play(t, d, test.say)); f.Status != test.want {
				t.Errorf("it is %s, want %s", f.Status, test.want)
			}
		})
	}
}

// TestABSDDOnPaperIsReportedAtItsEnd: nobody signs in the registry before, and a BSDD
// that awaits a group then goes on in one.
func TestABSDDOnPaperIsReportedAtItsEnd(t *testing.T) {
	b := newTaskRegistry(t)
	d, whole := sample(t, "fr-regrouping-first"), sample(t, "fr-regrouping-whole")
	d.Paper, whole.Predecessors = true, whole.Predecessors[:1]
	result := b.play(t, d, func(e *sluss.Event) {
		if e.Kind == sluss.WasteAccepted {
			e.RefusedMass, e.Reason = 300*sluss.Kilogram, "one drum leaks"
		}
	})
	if len(result.Filings) != 1 || result.Filings[0].Receipt.Status != "AWAITING_GROUP" {
		t.Errorf("%+v", result.Filings)
	}
	f := b.agree(t, d, result)
	for path, want := range map[string]any{
		"emittedBy": "Bo Lind", "receivedBy": "Bo Lind", "processedBy": "Claire Dupuis", "wasteAcceptationStatus": "PARTIALLY_REFUSED",
		"quantityReceived": 1.8, "quantityRefused": 0.3, "transporters.0.company.siret": "00000000283374", "isImportedFromPaper": true,
	} {
		if got := dig(f.Data, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	whole.Predecessors[0].Mass = 1_500 * sluss.Kilogram
	b.agree(t, whole, b.play(t, whole, nil))
	if f := b.form(t, d); f.Status != sim.Processed {
		t.Errorf("after its group it is %s", f.Status)
	}
}

// aRound is a batch that the transporter collects from two producers.
func aRound(t *testing.T) sluss.Declaration {
	t.Helper()
	first, second := sample(t, "fr-regrouping-first"), sample(t, "fr-regrouping-second")
	d := sample(t, "fr-solvents")
	d.Producer, d.Waste.Code, d.Waste.Mass = d.Legs[0].Transporter, "130205*", 2_750*sluss.Kilogram
	d.Treatment.Operation = "R9"
	for _, part := range []sluss.Declaration{first, second} {
		d.Pickups = append(d.Pickups, sluss.Pickup{Producer: part.Producer, Mass: part.Waste.Mass, Packagings: part.Waste.Packagings})
	}
	return d
}

// A round ends as its frame does, and so do its parts; each was signed by its
// producer, unless an éco-organisme answers for them, and by the transporter.
func TestACollectionRound(t *testing.T) {
	for name, signed := range map[string]bool{"signed by its producers": true, "an éco-organisme answers for them": false} {
		t.Run(name, func(t *testing.T) {
			b, d := newTaskRegistry(t), aRound(t)
			if !signed {
				d.Intermediaries = []sluss.Party{{ID: "00000000283473", Country: "FR", Name: "Éco-huiles", Role: sluss.EcoOrganisme}}
			}
			result := b.play(t, d, nil)
			filed := map[string]int{}
			for _, f := range result.Filings {
				filed[string(f.Obligation.Report)]++
			}
			want := map[string]int{"preflight": 1, "creation": 1, "sealing": 1, "pickup": 2, "gathering": 1, "emission": 2, "take-over": 2, "arrival": 1, "acceptance": 1, "processing": 1}
			if !signed {
				delete(want, "emission")
			}
			if !maps.Equal(filed, want) {
				t.Errorf("filed %v", filed)
			}
			frame := b.form(t, d)
			if got := dig(frame.Data, "wasteDetails.quantity"); got != 2.75 || dig(frame.Data, "emitter.type") != "APPENDIX1" {
				t.Errorf("the round is of %v tonnes", got)
			}
			forms := b.Forms()
			if len(forms) != 3 {
				t.Fatalf("%d documents", len(forms))
			}
			for _, f := range forms {
				if f.Status != sim.Processed {
					t.Errorf("%s is %s", f.CustomID, f.Status)
				}
				if f.ID == frame.ID {
					continue // it follows its parts
				}
				if n := acts(f, "signTransportForm"); n != 1 {
					t.Errorf("%s was taken over %d times", f.CustomID, n)
				}
				if n := acts(f, "signEmissionForm"); signed != (n == 1) {
					t.Errorf("%s was signed %d times", f.CustomID, n)
				}
			}
		})
	}
}

// acts is how often a mutation took effect on a document.
func acts(f sim.Form, name string) (n int) {
	for _, entry := range f.Log {
		if entry.Name == name {
			n++
		}
	}
	return n
}

// partner is a French company of the taskRegistry in that role.
func partner(d sluss.Declaration, id string, role sluss.Role) sluss.Party {
	p := d.Producer
	p.ID, p.Role, p.Name = id, role, "Company "+id
	return p
}

func TestWhoIsOnAFrenchBSDD(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*sluss.Declaration)
		want   map[string]any // by path in the registry's records
	}{
		"trader, broker, intermediary, éco-organisme": {func(d *sluss.Declaration) {
			deal := sluss.Deal{Trader: partner(*d, "00000000283457", sluss.Dealer), From: d.Producer, To: d.Receiver, At: d.Legs[0].Departure}
			brokered := deal
			brokered.Trader = partner(*d, "00000000283499", sluss.Broker)
			d.Deals = []sluss.Deal{deal, brokered}
			d.Intermediaries = []sluss.Party{partner(*d, "00000000283481", ""), {ID: "00000000283473", Country: "FR", Name: "Éco-solvants", Role: sluss.EcoOrganisme}}
		}, map[string]any{
			"trader.company.siret": "00000000283457", "broker.company.siret": "00000000283499", "ecoOrganisme.siret": "00000000283473",
			"intermediaries.0.siret": "00000000283481", "emittedBy": "Claire Dupuis",
		}},
		"a foreign transporter": {func(d *sluss.Declaration) {
			t := &d.Legs[0].Transporter
			t.Country, t.ID, t.Name = "DE", "DE136695976", "Spedition GmbH"
		}, map[string]any{
			"transporters.0.company.vatNumber": "DE136695976", "transporters.0.company.siret": nil, "transporters.0.takenOverBy": "Claire Dupuis",
		}},
		"a private individual": {func(d *sluss.Declaration) {
			d.Origin, d.Producer = sluss.Household, sluss.Party{Country: "FR", Name: "Mme Durand", Address: "4 rue Haute, 69001 Lyon"}
		}, map[string]any{
			"emitter.isPrivateIndividual": true, "emitter.company.name": "Mme Durand", "emitter.company.siret": nil, "emitter.company.contact": nil,
			"emittedBy": "Signature auto (particulier)",
		}},
		"a foreign ship": {func(d *sluss.Declaration) {
			d.Origin, d.Producer.ID, d.Producer.Country, d.Producer.Name = sluss.ForeignShip, "OMI9074729", "PA", "MV Pacific Star"
		}, map[string]any{"emitter.isForeignShip": true, "emitter.company.omiNumber": "OMI9074729", "emitter.company.vatNumber": nil}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newTaskRegistry(t)
			d := sample(t, "fr-solvents")
			test.change(&d)
			f := b.agree(t, d, b.play(t, d, nil))
			if f.Status != sim.Processed {
				t.Errorf("it is %s", f.Status)
			}
			for path, want := range test.want {
				if got := dig(f.Data, path); got != want {
					t.Errorf("%s is %v, want %v", path, got, want)
				}
			}
		})
	}
}

// dig follows a path in the registry's records.
func dig(value any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		switch inner := value.(type) {
		case map[string]any:
			value = inner[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n >= len(inner) {
				return nil
			}
			value = inner[n]
		default:
			return nil
		}
	}
	return value
}
