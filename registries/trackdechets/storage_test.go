package trackdechets

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sluss"
	"sluss/registries/trackdechets/check"
	sim "sluss/simulators/trackdechets"
)

const storerID = "00000000283465"

// onTheWay is a registry that knows everybody on a batch that is stored on its
// way, and that batch at its producer's.
func onTheWay(t *testing.T) (*registry, *batch) {
	t.Helper()
	r := newRegistry(t, sim.Options{})
	r.joins(sim.Company{Siret: bargeID, Types: []string{"TRANSPORTER"}})
	r.joins(sim.Company{Siret: storerID, Types: []string{"COLLECTOR"}, CollectorTypes: []string{"DANGEROUS_WASTES"}})
	r.client = r.as(func(o *Options) { o.Unchecked = false })
	b := newBatch(t, "fr-temporary-storage.json")
	b.leg, b.events = 1, b.events[:1]
	return r, b
}

// ofLeg is the report of a note that is about a leg.
func (b *batch) ofLeg(note sluss.ReportKind, leg int) sluss.Submission {
	s := b.submission(note)
	s.Content.Obligation.Leg = leg
	return s
}

// stored brings the batch to its storage.
func (r *registry) stored(b *batch) {
	r.t.Helper()
	for _, note := range beforeDeparture() {
		r.file(b, note)
	}
	b.happens(sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: at("2026-11-23T14:05:00+01:00")})
	b.happens(sluss.Event{Kind: sluss.Received, Leg: 1, At: at("2026-11-23T15:00:00+01:00"), Mass: 9_700 * sluss.Kilogram})
	r.accepts(b.ofLeg(sluss.ReportStoring, 1))
}

// resealed brings it to where it may go on.
func (r *registry) resealed(b *batch, taken sluss.Event) {
	r.t.Helper()
	r.stored(b)
	taken.Kind, taken.Leg, taken.At = sluss.WasteAccepted, 1, at("2026-11-23T16:00:00+01:00")
	b.happens(taken)
	r.accepts(b.ofLeg(sluss.ReportStoringVerdict, 1))
	r.accepts(b.ofLeg(sluss.ReportResealing, 2))
}

func TestStoredOnTheWay(t *testing.T) {
	r, b := onTheWay(t)
	var statuses []string
	do := func(s sluss.Submission) {
		t.Helper()
		note := s.Content.Obligation.Report
		if note != sluss.ReportCreation {
			if _, _, err := r.client.Find(t.Context(), s); !errors.Is(err, sluss.ErrAbsent) {
				t.Errorf("%s: found before it is made: %v", note, err)
			}
		}
		before := r.Counters().Requests
		if calls, err := r.client.Calls(t.Context(), s.Content); err != nil || calls != 1 {
			t.Errorf("%s: %d calls, %v", note, calls, err)
		}
		if reasons, err := check.Step(s.Content, s.Content.Events[len(s.Content.Events)-1].At, true); err != nil || len(reasons) > 0 {
			t.Errorf("%s: %v, %v", note, reasons, err)
		}
		receipt := r.accepts(s)
		if n := r.Counters().Requests - before; n != 1 {
			t.Errorf("%s: %d requests", note, n)
		}
		statuses = append(statuses, receipt.Status)
		if note == sluss.ReportCreation {
			b.receipts["fr.creation"] = receipt
		}
		found, _, err := r.client.Find(t.Context(), s)
		if err != nil || found.Kind != sluss.Accepted || found.Receipt.ID != r.only().ID {
			t.Errorf("%s: asked afterwards: %+v, %v", note, found, err)
		}
	}
	for _, note := range beforeDeparture() {
		do(b.submission(note))
	}
	b.happens(sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: at("2026-11-23T14:05:00+01:00")})
	b.happens(sluss.Event{Kind: sluss.Received, Leg: 1, At: at("2026-11-23T15:00:00+01:00"), Mass: 9_700 * sluss.Kilogram})
	do(b.ofLeg(sluss.ReportStoring, 1))
	b.happens(sluss.Event{Kind: sluss.WasteAccepted, Leg: 1, At: at("2026-11-23T16:00:00+01:00"), RefusedMass: 300 * sluss.Kilogram, Reason: "one container leaks"})
	do(b.ofLeg(sluss.ReportStoringVerdict, 1))
	do(b.ofLeg(sluss.ReportResealing, 2))
	do(b.ofLeg(sluss.ReportEmission, 2))
	onward := b.ofLeg(sluss.ReportTakeOver, 2)
	onward.Signature.Person.Name = "Skipper"
	do(onward)
	b.happens(sluss.Event{Kind: sluss.HandedOver, Leg: 2, At: at("2026-11-25T09:30:00+01:00")})
	b.happens(sluss.Event{Kind: sluss.Received, At: at("2026-11-25T12:00:00+01:00"), Mass: 9_390 * sluss.Kilogram})
	do(b.submission(sluss.ReportArrival))
	b.happens(sluss.Event{Kind: sluss.WasteAccepted, At: at("2026-11-25T13:00:00+01:00")})
	do(b.submission(sluss.ReportAcceptance))
	b.happens(sluss.Event{Kind: sluss.Treated, At: at("2026-12-01T10:00:00+01:00")})
	do(b.submission(sluss.ReportProcessing))

	if want := []string{
		"DRAFT", "SEALED", "SIGNED_BY_PRODUCER", "SENT", "TEMP_STORED", "TEMP_STORER_ACCEPTED", "RESEALED",
		"SIGNED_BY_TEMP_STORER", "RESENT", "RECEIVED", "ACCEPTED", "PROCESSED",
	}; !slices.Equal(statuses, want) {
		t.Errorf("statuses %v, want %v", statuses, want)
	}
	f := r.only()
	suite := []any{"temporaryStorageDetail"}
	for _, test := range []struct {
		path []any
		want any
	}{
		{[]any{"recipient", "company", "siret"}, storerID},
		{[]any{"recipient", "cap"}, "CAP-2026-119"},
		{[]any{"recipient", "processingOperation"}, "R 13"},
		{[]any{"recipient", "isTempStorage"}, true},
		{[]any{"transporters", 0, "company", "siret"}, transporterID},
		{[]any{"transporters", 1}, nil},
		{append(suite, "temporaryStorer", "receivedBy"), "Signer of storing"},
		{append(suite, "temporaryStorer", "quantityReceived"), 9.7},
		{append(suite, "temporaryStorer", "quantityRefused"), 0.3},
		{append(suite, "temporaryStorer", "wasteAcceptationStatus"), "PARTIALLY_REFUSED"},
		{append(suite, "temporaryStorer", "wasteRefusalReason"), "one container leaks"},
		{append(suite, "destination", "company", "siret"), receiverID},
		{append(suite, "destination", "cap"), "CAP-2026-120"},
		{append(suite, "destination", "processingOperation"), "R 4"},
		{append(suite, "transporter", "company", "siret"), bargeID},
		{append(suite, "transporter", "mode"), "RIVER"},
		{append(suite, "wasteDetails", "quantity"), 9.4},
		{append(suite, "wasteDetails", "packagingInfos", 0, "type"), "GRV"},
		{append(suite, "emittedBy"), "Signer of emission"},
		{append(suite, "takenOverBy"), "Skipper"},
		{[]any{"receivedBy"}, "Signer of arrival"},
		{[]any{"wasteAcceptationStatus"}, "ACCEPTED"},
		{[]any{"quantityReceived"}, 9.39},
		{[]any{"processingOperationDone"}, "R 4"},
	} {
		if got := dig(f.Data, test.path...); got != test.want {
			t.Errorf("%v: %v, want %v", test.path, got, test.want)
		}
	}
	var acts []string
	for _, entry := range f.Log {
		if entry.Name != "updateForm" {
			acts = append(acts, entry.Name+" "+entry.Company)
		}
	}
	if want := []string{
		"createForm " + producerID, "markAsSealed " + producerID, "signEmissionForm " + producerID, "signTransportForm " + transporterID,
		"markAsTempStored " + storerID, "markAsTempStorerAccepted " + storerID, "markAsResealed " + storerID,
		"markAsResealed " + storerID, "signEmissionForm " + storerID, "signTransportForm " + bargeID, // laid over once more, and signed
		"markAsReceived " + receiverID, "markAsAccepted " + receiverID, "markAsProcessed " + receiverID,
	}; !slices.Equal(acts, want) {
		t.Errorf("acts\n%v, want\n%v", acts, want)
	}
}

// TestSeveralTransportersToAStorage: the storage comes after the last of them.
func TestSeveralTransportersToAStorage(t *testing.T) {
	r, b := onTheWay(t)
	legs := b.declaration.Legs
	first := legs[0]
	first.Storage = nil
	second := legs[0]
	second.Transporter, second.Mode, second.Vehicles = legs[1].Transporter, sluss.InlandWaterway, nil
	b.declaration.Legs = []sluss.Leg{first, second, legs[1]}
	for _, note := range beforeDeparture() {
		r.file(b, note)
	}
	b.happens(sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: at("2026-11-23T14:05:00+01:00")})
	r.accepts(b.takeOver(2))
	b.happens(sluss.Event{Kind: sluss.HandedOver, Leg: 2, At: at("2026-11-23T14:30:00+01:00")})
	b.happens(sluss.Event{Kind: sluss.Received, Leg: 2, At: at("2026-11-23T15:00:00+01:00"), Mass: 9_700 * sluss.Kilogram})
	r.accepts(b.ofLeg(sluss.ReportStoring, 2))
	b.happens(sluss.Event{Kind: sluss.WasteAccepted, Leg: 2, At: at("2026-11-23T16:00:00+01:00")})
	r.accepts(b.ofLeg(sluss.ReportStoringVerdict, 2))
	r.accepts(b.ofLeg(sluss.ReportResealing, 3))
	r.accepts(b.ofLeg(sluss.ReportEmission, 3))
	if receipt := r.accepts(b.ofLeg(sluss.ReportTakeOver, 3)); receipt.Status != "RESENT" {
		t.Errorf("%+v", receipt)
	}
	if n := len(dig(r.only().Data, "transporters").([]any)); n != 2 {
		t.Errorf("%d transporters before the storage", n)
	}
}

func TestRefusedAtTheStorage(t *testing.T) {
	r, b := onTheWay(t)
	r.stored(b)
	b.happens(sluss.Event{Kind: sluss.WasteRefused, Leg: 1, At: at("2026-11-23T16:00:00+01:00"), Reason: "not what was declared"})
	verdict := b.ofLeg(sluss.ReportStoringVerdict, 1)
	if receipt := r.accepts(verdict); receipt.Status != "REFUSED" {
		t.Errorf("%+v", receipt)
	}
	if found, _, err := r.client.Find(t.Context(), verdict); err != nil || found.Kind != sluss.Accepted {
		t.Errorf("%+v, %v", found, err)
	}
	if f := r.only(); f.Status != sim.Refused || dig(f.Data, "temporaryStorageDetail", "temporaryStorer", "quantityRefused") != 9.7 {
		t.Errorf("%s %v", f.Status, f.Data["temporaryStorageDetail"])
	}
	// Who thought that it was accepted learns it, and that nothing goes on.
	b.events = b.events[:len(b.events)-1]
	b.happens(sluss.Event{Kind: sluss.WasteAccepted, Leg: 1, At: at("2026-11-23T16:00:00+01:00")})
	found, _, err := r.client.Find(t.Context(), b.ofLeg(sluss.ReportStoringVerdict, 1))
	if err != nil || found.Kind != sluss.Rejected || !strings.Contains(found.Reasons[0].Message, "another verdict (REFUSED)") {
		t.Errorf("%+v, %v", found, err)
	}
	for _, s := range []sluss.Submission{b.ofLeg(sluss.ReportResealing, 2), b.ofLeg(sluss.ReportEmission, 2), b.ofLeg(sluss.ReportTakeOver, 2), b.submission(sluss.ReportArrival)} {
		found, _, err := r.client.Find(t.Context(), s)
		if err != nil || found.Kind != sluss.Rejected || !strings.Contains(found.Reasons[0].Message, "does not go on") || found.Reasons[0].Remedy == "" {
			t.Errorf("%s: %+v, %v", s.Content.Obligation.Report, found, err)
		}
	}
}

func TestTheStorerTreatsItItself(t *testing.T) {
	r, b := onTheWay(t)
	r.stored(b)
	b.happens(sluss.Event{Kind: sluss.WasteAccepted, Leg: 1, At: at("2026-11-23T16:00:00+01:00")})
	verdict := b.ofLeg(sluss.ReportStoringVerdict, 1)
	r.accepts(verdict)
	direct := *b // the storer treats what it has accepted, in Trackdéchets itself
	direct.declaration.Legs = slices.Clone(direct.declaration.Legs[:1])
	direct.declaration.Legs[0].Storage, direct.declaration.Receiver = nil, party(storerID)
	direct.happens(sluss.Event{Kind: sluss.Treated, At: at("2026-11-24T10:00:00+01:00")})
	if receipt := r.file(&direct, sluss.ReportProcessing); receipt.Status != "PROCESSED" {
		t.Errorf("%+v", receipt)
	}
	if found, _, err := r.client.Find(t.Context(), verdict); err != nil || found.Kind != sluss.Accepted {
		t.Errorf("%+v, %v", found, err)
	}
	found, _, err := r.client.Find(t.Context(), b.ofLeg(sluss.ReportResealing, 2))
	if err != nil || found.Kind != sluss.Rejected || !strings.Contains(found.Reasons[0].Message, "treated where it was to be stored") {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestRefusedAfterTheStorage(t *testing.T) {
	r, b := onTheWay(t)
	r.resealed(b, sluss.Event{})
	r.accepts(b.ofLeg(sluss.ReportEmission, 2))
	r.accepts(b.ofLeg(sluss.ReportTakeOver, 2))
	b.happens(sluss.Event{Kind: sluss.Received, At: at("2026-11-25T12:00:00+01:00"), Mass: 9_390 * sluss.Kilogram})
	r.file(b, sluss.ReportArrival)
	b.happens(sluss.Event{Kind: sluss.WasteRefused, At: at("2026-11-25T13:00:00+01:00"), Reason: "wet"})
	if receipt := r.file(b, sluss.ReportAcceptance); receipt.Status != "REFUSED" {
		t.Errorf("%+v", receipt)
	}
	for _, s := range []sluss.Submission{b.ofLeg(sluss.ReportTakeOver, 2), b.submission(sluss.ReportAcceptance)} {
		if found, _, err := r.client.Find(t.Context(), s); err != nil || found.Kind != sluss.Accepted {
			t.Errorf("%s: %+v, %v", s.Content.Obligation.Report, found, err)
		}
	}
}

func TestACorrectionReachesWhatGoesOn(t *testing.T) {
	r, b := onTheWay(t)
	r.resealed(b, sluss.Event{})
	b.declaration.Treatment.Acceptance, b.declaration.Legs[1].Transporter.Contact.Name = "CAP-2026-121", "Zoé"
	r.accepts(b.ofLeg(sluss.ReportEmission, 2))
	suite := r.only().Data["temporaryStorageDetail"]
	if got := dig(suite, "destination", "cap"); got != "CAP-2026-121" {
		t.Errorf("CAP %v", got)
	}
	if got := dig(suite, "transporter", "company", "contact"); got != "Zoé" {
		t.Errorf("contact %v", got)
	}
}

// TestAStorageComesAndGoesByACorrection, until the emitter has signed.
func TestAStorageComesAndGoesByACorrection(t *testing.T) {
	r, b := onTheWay(t)
	stored := b.declaration.Legs
	direct := []sluss.Leg{stored[0]}
	direct[0].Storage = nil
	b.declaration.Legs = direct
	r.file(b, sluss.ReportCreation)
	b.declaration.Legs = stored
	r.file(b, sluss.ReportSealing)
	if f := r.only(); dig(f.Data, "recipient", "company", "siret") != storerID || dig(f.Data, "temporaryStorageDetail", "destination", "company", "siret") != receiverID {
		t.Errorf("with a storage: %v", f.Data)
	}
	b.declaration.Legs = direct
	r.file(b, sluss.ReportEmission)
	if f := r.only(); dig(f.Data, "recipient", "company", "siret") != receiverID || f.Data["temporaryStorageDetail"] != nil {
		t.Errorf("without: %v", f.Data)
	}
}

func TestLostAnswersAtTheStorage(t *testing.T) {
	for _, test := range []struct {
		operation string
		note      sluss.ReportKind
		leg       int
	}{
		{"markAsTempStorerAccepted", sluss.ReportStoringVerdict, 1},
		{"markAsResealed", sluss.ReportResealing, 2},
		{"signEmissionForm", sluss.ReportEmission, 2},
		{"signTransportForm", sluss.ReportTakeOver, 2},
	} {
		for _, afterEffect := range []bool{false, true} {
			r, b := onTheWay(t)
			r.stored(b)
			b.happens(sluss.Event{Kind: sluss.WasteAccepted, Leg: 1, At: at("2026-11-23T16:00:00+01:00")})
			for _, s := range []sluss.Submission{
				b.ofLeg(sluss.ReportStoringVerdict, 1), b.ofLeg(sluss.ReportResealing, 2), b.ofLeg(sluss.ReportEmission, 2), b.ofLeg(sluss.ReportTakeOver, 2),
			} {
				if s.Content.Obligation.Report != test.note {
					r.accepts(s)
					continue
				}
				must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: test.operation, AfterEffect: afterEffect, Times: 1}))
				if told, _, err := r.client.Submit(t.Context(), s); err != nil || told.Kind != sluss.Unknown {
					t.Errorf("%s: %+v, %v", test.note, told, err)
				}
				found, _, err := r.client.Find(t.Context(), s)
				if afterEffect && (err != nil || found.Kind != sluss.Accepted) || !afterEffect && !errors.Is(err, sluss.ErrAbsent) {
					t.Errorf("%s after the effect %t: %+v, %v", test.note, afterEffect, found, err)
				}
				break
			}
		}
	}
}

// TestFaultsOfAStorageAreThoseOfTheAnswer: what is found without asking, and
// what the registry says, name the same fields.
func TestFaultsOfAStorageAreThoseOfTheAnswer(t *testing.T) {
	for _, test := range []struct {
		note   sluss.ReportKind
		leg    int
		change func(*sluss.Declaration)
		want   string
	}{
		{sluss.ReportSealing, 1, func(d *sluss.Declaration) { d.Legs[0].Storage.Acceptance = "" }, "legs.0.storage.acceptance"},
		{sluss.ReportSealing, 1, func(d *sluss.Declaration) { d.Legs[0].Storage.Operation = "" }, "legs.0.storage.operation"},
		{sluss.ReportSealing, 1, func(d *sluss.Declaration) { d.Legs[1].Consignor.Contact.Phone = "" }, "legs.1.consignor.contact.phone"},
		{sluss.ReportResealing, 2, func(d *sluss.Declaration) { d.Treatment.Acceptance = "" }, "treatment.acceptance"},
		{sluss.ReportResealing, 2, func(d *sluss.Declaration) { d.Treatment.Operation = "" }, "treatment.operation"},
		{sluss.ReportResealing, 2, func(d *sluss.Declaration) { d.Receiver.Contact.Email = "" }, "receiver.contact.email"},
		{sluss.ReportResealing, 2, func(d *sluss.Declaration) {
			d.Legs[1].Mode, d.Legs[1].Vehicles = sluss.Road, []sluss.Vehicle{{Plate: "A", Country: "FR", Kind: sluss.Lorry}}
		}, "legs.1.vehicles.0.plate"},
	} {
		r, b := onTheWay(t)
		switch test.note { //nolint:exhaustive // those of the table
		case sluss.ReportSealing:
			r.file(b, sluss.ReportCreation)
		default:
			r.stored(b)
			b.happens(sluss.Event{Kind: sluss.WasteAccepted, Leg: 1, At: at("2026-11-23T16:00:00+01:00")})
			r.accepts(b.ofLeg(sluss.ReportStoringVerdict, 1))
		}
		test.change(&b.declaration)
		s := b.ofLeg(test.note, test.leg)
		found, err := check.Step(s.Content, at("2026-11-23T16:00:00+01:00"), true)
		if err != nil || len(found) != 1 || found[0].Field != test.want || found[0].Remedy == "" {
			t.Errorf("%s of %s: found %+v, %v", test.want, test.note, found, err)
		}
		r.client = r.as(func(o *Options) { o.Unchecked = true })
		told, _, err := r.client.Submit(t.Context(), s)
		if err != nil || told.Kind != sluss.Rejected || len(told.Reasons) != 1 || told.Reasons[0].Field != test.want || told.Reasons[0].Remedy == "" {
			t.Errorf("%s of %s: told %+v, %v", test.want, test.note, told, err)
		}
	}
}

func TestFaultsOfADeclarationWithAStorage(t *testing.T) {
	_, b := onTheWay(t)
	on := at("2026-11-23T10:00:00+01:00")
	if faults := check.Declaration(b.declaration, on); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
	b.declaration.Treatment.Acceptance, b.declaration.Legs[1].Mode = "", ""
	if faults := check.Declaration(b.declaration, on); len(faults) != 2 {
		t.Errorf("all at once: %v", faults)
	}
}
