package trackdechets

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	sim "sluss/simulators/trackdechets"
)

// amendment is the submission that amends what a note of the batch told.
func (b *batch) amendment(note sluss.ReportKind, a sluss.Amendment) sluss.Submission {
	s := b.submission(note)
	s.Filing += ".amend1"
	a.Filing, a.Receipt = b.submission(note).Filing, b.receipts[bsdd.CreationID].ID
	if a.Reason == "" {
		a.Reason = "weighed again"
	}
	for path, value := range a.Set {
		corrected, err := s.Content.Corrected(map[string]string{path: value})
		if err != nil {
			panic(err)
		}
		s.Content = corrected
	}
	s.Content.Obligation.ID += ".amend1"
	if note == sluss.ReportAcceptance || note == sluss.ReportProcessing {
		s.Content.Obligation.Role = sluss.Receiver
	}
	s.Content.Amends = &a
	return s
}

// pending are the revisions that wait for a party's word.
func (r *registry) pending(company string) []sluss.Revision {
	r.t.Helper()
	page, _, _, err := r.client.PendingRevisions(r.t.Context(), company, "")
	must(r.t, err)
	return page
}

// TestRevisionCountsOnceAllHaveApproved: what is asked for is pending, is found
// as such, and is accepted or rejected by the other parties' word.
func TestRevisionCountsOnceAllHaveApproved(t *testing.T) {
	for name, test := range map[string]struct {
		note     sluss.ReportKind
		set      map[string]string
		other    string // who must approve
		approve  bool
		recorded map[string]any // path, by points -> value afterwards
	}{
		"what the producer declared": {sluss.ReportEmission, map[string]string{"waste.name": "Solvents", "waste.code": "070703*", "waste.packagings.0.count": "7"}, receiverID, true, map[string]any{
			"wasteDetails.name": "Solvents", "wasteDetails.code": "07 07 03*",
		}},
		"refused":                   {sluss.ReportEmission, map[string]string{"treatment.acceptance": "CAP-2"}, receiverID, false, nil},
		"what the receiver weighed": {sluss.ReportAcceptance, map[string]string{"events.received.mass": "3140"}, producerID, true, map[string]any{"quantityReceived": 3.14}},
		"what the receiver did":     {sluss.ReportProcessing, map[string]string{"events.treated.operation": "R1", "treatment.mode": "energy-recovery"}, producerID, true, map[string]any{"processingOperationDone": "R 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, ctx := newRegistry(t, sim.Options{}), t.Context()
			b := newBatch(t, "fr-solvents.json")
			if test.note == sluss.ReportEmission {
				r.bring(b, sluss.ReportTakeOver)
			} else {
				r.bring(b, test.note)
			}
			s := b.amendment(test.note, sluss.Amendment{Set: test.set})
			before := r.Counters().Requests
			told, exchange, err := r.client.Submit(ctx, s)
			must(t, err)
			if calls, err := r.client.Calls(ctx, s.Content); err != nil || calls != r.Counters().Requests-before {
				t.Errorf("%d calls announced, %v", calls, err)
			}
			if told.Kind != sluss.Unknown || !told.Pending || told.NotBefore.IsZero() || !strings.Contains(told.Detail, "waits for the approval of") {
				t.Fatalf("%+v\n%s", told, exchange.Response)
			}
			found, _, err := r.client.Find(ctx, s)
			if err != nil || found.Kind != sluss.Deferred || !found.Pending {
				t.Fatalf("pending: %+v, %v", found, err)
			}
			all := r.pending(test.other)
			if len(all) != 1 {
				t.Fatalf("%+v", all)
			}
			answered, _, err := r.client.AnswerRevision(ctx, test.other, all[0].ID, test.approve, "not <ours>")
			if err != nil || answered.Kind != sluss.Accepted {
				t.Fatalf("%+v, %v", answered, err)
			}
			found, _, err = r.client.Find(ctx, s)
			must(t, err)
			if !test.approve {
				if found.Kind != sluss.Rejected || len(found.Reasons) != 1 || !strings.Contains(found.Reasons[0].Message, b.declaration.Receiver.Name+" refuses") || found.Reasons[0].Remedy == "" {
					t.Errorf("%+v", found)
				}
				return
			}
			if found.Kind != sluss.Accepted || found.Receipt.ID != b.receipts[bsdd.CreationID].ID || found.Receipt.Number == "" {
				t.Errorf("%+v", found)
			}
			for path, want := range test.recorded {
				steps := []any{}
				for step := range strings.SplitSeq(path, ".") {
					steps = append(steps, step)
				}
				if got := dig(r.only().Data, steps...); got != want {
					t.Errorf("%s is %v in the records, want %v", path, got, want)
				}
			}
		})
	}
}

// TestLostRevisionIsFoundByItsReference: and that of another content is not ours.
func TestLostRevisionIsFoundByItsReference(t *testing.T) {
	r, ctx := newRegistry(t, sim.Options{}), t.Context()
	b := newBatch(t, "fr-solvents.json")
	r.bring(b, sluss.ReportTakeOver)
	s := b.amendment(sluss.ReportEmission, sluss.Amendment{Set: map[string]string{"waste.name": "Solvents"}})
	if _, _, err := r.client.Find(ctx, s); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("before: %v", err)
	}
	must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: "createFormRevisionRequest", AfterEffect: true}))
	told, _, err := r.client.Submit(ctx, s)
	if err != nil || told.Kind != sluss.Unknown || told.Pending {
		t.Fatalf("lost: %+v, %v", told, err)
	}
	if found, _, err := r.client.Find(ctx, s); err != nil || !found.Pending {
		t.Errorf("found: %+v, %v", found, err)
	}
	other := b.amendment(sluss.ReportEmission, sluss.Amendment{Set: map[string]string{"waste.name": "Other solvents"}})
	if _, _, err := r.client.Find(ctx, other); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("another content: %v", err)
	}
	told, _, err = r.client.Submit(ctx, other)
	if err != nil || told.Kind != sluss.Rejected || told.Reasons[0].Remedy == "" {
		t.Errorf("a second one while the first is pending: %+v, %v", told, err)
	}
}

// TestAnnulmentDeletesOrCancels: what nobody signed is deleted, what is on its
// way is cancelled once the others agree, what arrived stays.
func TestAnnulmentDeletesOrCancels(t *testing.T) {
	annul := sluss.Amendment{Annul: sluss.NotCarried, Reason: "the lorry broke down"}
	for name, last := range map[string]sluss.ReportKind{"draft": sluss.ReportCreation, "sealed": sluss.ReportSealing} {
		t.Run(name, func(t *testing.T) {
			r, ctx := newRegistry(t, sim.Options{}), t.Context()
			b := newBatch(t, "fr-solvents.json")
			r.bring(b, last)
			s := b.amendment(sluss.ReportCreation, annul)
			if _, _, err := r.client.Find(ctx, s); !errors.Is(err, sluss.ErrAbsent) {
				t.Errorf("before: %v", err)
			}
			told, _, err := r.client.Submit(ctx, s)
			if err != nil || told.Kind != sluss.Accepted || told.Receipt.Status != "DELETED" || len(r.recorded()) != 0 {
				t.Errorf("%+v, %v; %d in the records", told, err, len(r.recorded()))
			}
			for what, ask := range map[string]func() (sluss.Outcome, sluss.Exchange, error){
				"found": func() (sluss.Outcome, sluss.Exchange, error) { return r.client.Find(ctx, s) },
				"again": func() (sluss.Outcome, sluss.Exchange, error) { return r.client.Submit(ctx, s) },
			} {
				if told, _, err := ask(); err != nil || told.Kind != sluss.Accepted {
					t.Errorf("%s: %+v, %v", what, told, err)
				}
			}
		})
	}
	t.Run("on its way", func(t *testing.T) {
		r, ctx := newRegistry(t, sim.Options{}), t.Context()
		b := newBatch(t, "fr-solvents.json")
		r.bring(b, sluss.ReportTakeOver)
		s := b.amendment(sluss.ReportCreation, annul)
		told, _, err := r.client.Submit(ctx, s)
		if err != nil || !told.Pending {
			t.Fatalf("%+v, %v", told, err)
		}
		_, _, err = r.client.AnswerRevision(ctx, receiverID, r.pending(receiverID)[0].ID, true, "")
		must(t, err)
		found, _, err := r.client.Find(ctx, s)
		if err != nil || found.Kind != sluss.Accepted || r.only().Status != sim.Canceled {
			t.Errorf("%+v, %v", found, err)
		}
	})
	t.Run("arrived", func(t *testing.T) {
		r := newRegistry(t, sim.Options{})
		b := newBatch(t, "fr-solvents.json")
		r.bring(b, sluss.ReportArrival)
		told, _, err := r.client.Submit(t.Context(), b.amendment(sluss.ReportCreation, annul))
		if err != nil || told.Kind != sluss.Rejected || told.Reasons[0].Remedy == "" || strings.Contains(told.Reasons[0].Message, "Trackdéchets says") {
			t.Errorf("%+v, %v", told, err)
		}
	})
}

// TestOnlyThePartiesOfARevisionAskForIt: a transporter's token does not do.
func TestOnlyThePartiesOfARevisionAskForIt(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	r.bring(b, sluss.ReportTakeOver)
	s := b.amendment(sluss.ReportTakeOver, sluss.Amendment{Set: map[string]string{"waste.name": "Solvents"}})
	if _, _, err := r.of(transporterID).Submit(t.Context(), s); !errors.Is(err, sluss.ErrOperator) || !strings.Contains(err.Error(), "only the emitter and the destination") {
		t.Errorf("%v", err)
	}
	if len(r.pending(producerID)) != 0 {
		t.Error("something was asked for")
	}
}

// TestRevisionOfABroker: the party as a whole, since the registry takes it so.
func TestRevisionOfABroker(t *testing.T) {
	b := newBatch(t, "fr-solvents.json")
	broker := party(outsiderID)
	broker.Role = sluss.Broker
	b.declaration.Deals = []sluss.Deal{{Trader: broker}}
	b.receipts[bsdd.CreationID] = sluss.Receipt{ID: "bsdd"}
	d, err := bsdd.New(b.amendment(sluss.ReportEmission, sluss.Amendment{Set: map[string]string{"deals.0.trader.contact.phone": "0200000000"}}))
	must(t, err)
	r := d.Revision()
	if r.Broker == nil || r.Broker.Company.Phone != "0200000000" || r.Broker.Company.SIRET != outsiderID || r.Trader != nil || !r.WasteDetails.IsZero() {
		t.Errorf("%+v", r)
	}
}

// agree has everybody approve what was asked for.
func (r *registry) agree(s sluss.Submission, parties ...string) {
	r.t.Helper()
	r.asks(s)
	for _, company := range parties {
		for _, asked := range r.pending(company) {
			if slices.ContainsFunc(asked.Approval, func(a sluss.Approval) bool { return a.Company == company && a.Status == "PENDING" }) {
				_, _, err := r.client.AnswerRevision(r.t.Context(), company, asked.ID, true, "")
				must(r.t, err)
			}
		}
	}
	if found, _, err := r.client.Find(r.t.Context(), s); err != nil || found.Kind != sluss.Accepted {
		r.t.Fatalf("%+v, %v", found, err)
	}
}

// Of a BSDD with temporary storage, the recipient is the storer: what is the
// receiver's stands elsewhere, and each revision leaves the other's as it was.
func TestRevisionReachesTheFieldOfTheSameParty(t *testing.T) {
	r, b := onTheWay(t)
	r.resealed(b, sluss.Event{RefusedMass: 100 * sluss.Kilogram, Reason: "leaks"})
	r.accepts(b.ofLeg(sluss.ReportEmission, 2))
	r.accepts(b.ofLeg(sluss.ReportTakeOver, 2))
	b.happens(sluss.Event{Kind: sluss.HandedOver, Leg: 2, At: at("2026-11-25T09:30:00+01:00")})
	b.happens(sluss.Event{Kind: sluss.Received, At: at("2026-11-25T12:00:00+01:00"), Mass: 9_390 * sluss.Kilogram})
	r.file(b, sluss.ReportArrival)
	b.happens(sluss.Event{Kind: sluss.WasteAccepted, At: at("2026-11-25T13:00:00+01:00"), RefusedMass: 90 * sluss.Kilogram, Reason: "wet"})
	r.file(b, sluss.ReportAcceptance)
	want := map[string]any{
		"recipient.cap": "CAP-2026-119", "temporaryStorageDetail.destination.cap": "CAP-2026-120", "temporaryStorageDetail.destination.processingOperation": "R 4",
		"temporaryStorageDetail.temporaryStorer.quantityReceived": 9.7, "temporaryStorageDetail.temporaryStorer.quantityRefused": 0.1,
		"quantityReceived": 9.39, "quantityRefused": 0.09, "processingOperationDone": nil,
	}
	for _, step := range []struct {
		path, value string
		recorded    string
		want        any
	}{
		{"treatment.acceptance", "CAP-F", "temporaryStorageDetail.destination.cap", "CAP-F"},
		{"legs.0.storage.acceptance", "CAP-S", "recipient.cap", "CAP-S"},
		{"treatment.operation", "R5", "temporaryStorageDetail.destination.processingOperation", "R 5"},
		{"events.received#1.mass", "9600", "temporaryStorageDetail.temporaryStorer.quantityReceived", 9.6},
		{"events.accepted#1.refused_mass", "200", "temporaryStorageDetail.temporaryStorer.quantityRefused", 0.2},
		{"events.received.mass", "9380", "quantityReceived", 9.38},
		{"events.accepted.refused_mass", "80", "quantityRefused", 0.08},
	} {
		s := b.amendment(sluss.ReportAcceptance, sluss.Amendment{Set: map[string]string{step.path: step.value}})
		r.agree(s, producerID, storerID, receiverID)
		want[step.recorded] = step.want
		for path, value := range want {
			var keys []any
			for key := range strings.SplitSeq(path, ".") {
				keys = append(keys, key)
			}
			if got := dig(r.only().Data, keys...); got != value {
				t.Errorf("after %s: %s is %v, want %v", step.path, path, got, value)
			}
		}
	}
}

// A producer's part of a round has its own BSDD, with its own mass and packagings;
// its transporter may ask too, once it has taken the part over.
func TestRevisionOfAPart(t *testing.T) {
	r, b := round(t)
	r.file(b, sluss.ReportCreation)
	r.file(b, sluss.ReportSealing)
	for n := range 2 {
		b.receipts[pickupID(n+1)] = r.accepts(b.part(sluss.ReportPickup, n+1))
	}
	r.accepts(b.submission(sluss.ReportGathering))
	for n := range 2 {
		r.accepts(b.part(sluss.ReportEmission, n+1))
		r.accepts(b.part(sluss.ReportTakeOver, n+1))
	}
	s := b.amendment(sluss.ReportEmission, sluss.Amendment{Set: map[string]string{"pickups.1.mass": "700", "pickups.1.packagings.0.count": "5"}})
	s.Content.Obligation.Pickup, s.Content.Amends.Receipt = 2, b.receipts[pickupID(2)].ID
	r.client = r.of(transporterID, outsiderID, receiverID)
	r.agree(s, outsiderID, transporterID, receiverID)
	for _, f := range r.recorded() {
		details := f.Data["wasteDetails"]
		if quantity, count := dig(details, "quantity"), dig(details, "packagingInfos", 0, "quantity"); (quantity == 0.7 && count == 5.0) != (f.ID == s.Content.Amends.Receipt) {
			t.Errorf("%s: %v tonnes, %v packagings", f.ReadableID, quantity, count)
		}
	}
}

// What others ask for is shown in full, at the field of the same party: who
// approves knows what is approved.
func TestRevisionsOfOthersAreShownInFull(t *testing.T) {
	r, b := onTheWay(t)
	r.resealed(b, sluss.Event{})
	r.accepts(b.ofLeg(sluss.ReportEmission, 2))
	r.accepts(b.ofLeg(sluss.ReportTakeOver, 2))
	broker := party(outsiderID)
	broker.Role, broker.Contact.Phone = sluss.Broker, "0200000000"
	must(t, r.AddCompany(sim.Company{Siret: outsiderID, Name: "Company " + outsiderID, Address: "1 rue de Paris", Types: []string{"BROKER"}, BrokerReceipt: sim.Receipt{Number: "B-1", Department: "75", ValidityLimit: time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC)}}))
	b.declaration.Deals = []sluss.Deal{{Trader: broker}}
	s := b.amendment(sluss.ReportStoring, sluss.Amendment{Set: map[string]string{
		"treatment.acceptance": "CAP-F", "legs.0.storage.acceptance": "CAP-S", "treatment.operation": "R5", "events.received#1.mass": "9600",
		"events.accepted#1.refused_mass": "10", "deals.0.trader.contact.phone": "0300000000",
	}})
	r.asks(s)
	shown := map[string]string{}
	for _, change := range r.pending(receiverID)[0].Asks {
		shown[change.Field] = change.Value
	}
	if want := map[string]string{
		"treatment.acceptance": "CAP-F", "storage.acceptance": "CAP-S", "treatment.operation": "R5", "storage.received.mass": "9.6 t", "storage.accepted.refused_mass": "0.01 t",
		"broker": "Company " + outsiderID + ", " + outsiderID + ", Anna, 0300000000, anna@companies.example",
	}; !maps.Equal(shown, want) {
		t.Errorf("%v, want %v", shown, want)
	}
}

// TestPendingRevisionsArePaged: fifty to a page, each once.
func TestPendingRevisionsArePaged(t *testing.T) {
	r, ctx := newRegistry(t, sim.Options{}), t.Context()
	const count = 53
	for n := range count {
		b := newBatch(t, "fr-solvents.json")
		b.declaration.Reference = fmt.Sprintf("MANY-%d", n)
		r.bring(b, sluss.ReportTakeOver)
		r.asks(b.amendment(sluss.ReportEmission, sluss.Amendment{Set: map[string]string{"treatment.acceptance": "CAP-9"}}))
	}
	first, next, _, err := r.client.PendingRevisions(ctx, receiverID, "")
	must(t, err)
	if len(first) != 50 || next == "" {
		t.Fatalf("%d on the first page, then %q", len(first), next)
	}
	rest, next, _, err := r.client.PendingRevisions(ctx, receiverID, next)
	must(t, err)
	all := map[string]bool{}
	for _, one := range slices.Concat(first, rest) {
		all[one.ID] = true
	}
	if len(all) != count || next != "" {
		t.Errorf("%d in all, then %q", len(all), next)
	}
}

// asks asks for a revision that others must approve.
func (r *registry) asks(s sluss.Submission) {
	r.t.Helper()
	told, exchange, err := r.client.Submit(r.t.Context(), s)
	if err != nil || !told.Pending {
		r.t.Fatalf("%+v, %v\n%s\n%s", told, err, exchange.Request, exchange.Response)
	}
}

// TestRevisionIsWithdrawn: by who asked, before anybody has approved; then the next one
// may be asked for.
func TestRevisionIsWithdrawn(t *testing.T) {
	r, ctx := newRegistry(t, sim.Options{}), t.Context()
	b := newBatch(t, "fr-solvents.json")
	r.bring(b, sluss.ReportTakeOver)
	s := b.amendment(sluss.ReportEmission, sluss.Amendment{Set: map[string]string{"treatment.acceptance": "CAP-9", "waste.pop": "true"}})
	r.asks(s)
	asked := r.pending(receiverID)[0]
	if o, _, err := r.client.WithdrawRevision(ctx, receiverID, asked.ID); err != nil || o.Kind != sluss.Rejected {
		t.Errorf("by another: %+v, %v", o, err)
	}
	o, e, err := r.client.WithdrawRevision(ctx, producerID, asked.ID)
	r.takes("", o, e, err)
	r.agree(s, receiverID)
	if f := r.only(); dig(f.Data, "recipient", "cap") != "CAP-9" || dig(f.Data, "wasteDetails", "pop") != true {
		t.Errorf("%v", f.Data)
	}
}

// However a call ends, it was made once, and what is kept says how it ended.
func TestCallsUnderFaults(t *testing.T) {
	r, ctx := newRegistry(t, sim.Options{}), t.Context()
	b := newBatch(t, "fr-solvents.json")
	r.bring(b, sluss.ReportTakeOver)
	s := b.amendment(sluss.ReportEmission, sluss.Amendment{Set: map[string]string{"treatment.acceptance": "CAP-9"}})
	for name, call := range map[string]func() (sluss.Outcome, sluss.Exchange, error){
		"createFormRevisionRequest": func() (sluss.Outcome, sluss.Exchange, error) { return r.client.Submit(ctx, s) },
		"submitFormRevisionRequestApproval": func() (sluss.Outcome, sluss.Exchange, error) {
			return r.client.AnswerRevision(ctx, receiverID, "x", true, "")
		},
		"generateRegistryV2Export": func() (sluss.Outcome, sluss.Exchange, error) {
			return r.client.OrderRegister(ctx, sluss.RegisterOrder{Company: producerID, Kind: sluss.OutgoingWaste, Format: "csv", From: at("2026-01-01T00:00:00Z")})
		},
	} {
		for fault, want := range map[sim.FaultKind]sluss.OutcomeKind{
			sim.FaultQuota: sluss.Deferred, sim.FaultStatus: sluss.Unknown, sim.FaultHTML: sluss.Unknown, sim.FaultInternal: sluss.Unknown, sim.FaultClosed: sluss.Unknown,
		} {
			must(t, r.Fault(sim.Fault{Kind: fault, Operation: name}))
			before, wanted := r.Counters(), 1
			if name == "createFormRevisionRequest" {
				wanted = 2 // the BSDD is looked up first
			}
			o, e, err := call()
			after := r.Counters()
			if err != nil || o.Kind != want || o.Throttled != (fault == sim.FaultQuota) || e.Operation != name || e.Request == "" || after.Requests-before.Requests != wanted {
				t.Errorf("%s, %s: %+v, %v; %d calls", name, fault, o, err, after.Requests-before.Requests)
			}
			if after.Effects[name] != before.Effects[name] {
				t.Errorf("%s, %s: it took effect", name, fault)
			}
		}
	}
	if _, e, err := r.client.AnswerRevision(ctx, "1", "x", true, ""); !errors.Is(err, sluss.ErrOperator) || e.Operation != "submitFormRevisionRequestApproval" || e.Started.IsZero() {
		t.Errorf("no token: %+v, %v", e, err)
	}
	nobody := r.as(func(o *Options) { o.URL = "http://127.0.0.1:1" })
	if _, _, err := nobody.AnswerRevision(ctx, producerID, "x", true, ""); !errors.Is(err, sluss.ErrNotSent) {
		t.Errorf("nobody there: %v", err)
	}
	if _, _, _, err := nobody.PendingRevisions(ctx, producerID, ""); !errors.Is(err, sluss.ErrNotSent) {
		t.Errorf("nobody there: %v", err)
	}
}
