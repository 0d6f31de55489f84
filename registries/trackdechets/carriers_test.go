package trackdechets

import (
	"errors"
	"slices"
	"testing"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

const bargeID = "00000000283432"

// severalCarriers is a registry that knows the second transporter too, and a batch that
// two carry.
func severalCarriers(t *testing.T) (*registry, *batch) {
	t.Helper()
	r := newRegistry(t, sim.Options{})
	r.joins(sim.Company{Siret: bargeID, Types: []string{"TRANSPORTER"}})
	r.client = r.as(func(o *Options) { o.Unchecked = false })
	b := newBatch(t, "fr-two-transporters.json")
	b.leg, b.events = 1, b.events[:1] // it is at the producer's
	return r, b
}

// takeOver is the submission of the transporter of a leg.
func (b *batch) takeOver(leg int) sluss.Submission {
	s := b.submission(sluss.ReportTakeOver)
	s.Content.Obligation.Leg = leg
	s.Signature.Person.Name = "Skipper"
	return s
}

func TestTransportersTakeOverOneAfterAnother(t *testing.T) {
	r, b := severalCarriers(t)
	for _, note := range beforeDeparture() {
		before := r.Counters().Requests
		calls, err := r.client.Calls(t.Context(), b.submission(note).Content)
		must(t, err)
		r.file(b, note)
		if n := r.Counters().Requests - before; n != calls || (n == 3) != (note != sluss.ReportTakeOver) {
			t.Errorf("%s: %d requests, foretold %d", note, n, calls)
		}
	}
	second := b.takeOver(2)
	if _, _, err := r.client.Find(t.Context(), second); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("sent by the first transporter, the second is found: %v", err)
	}
	b.happens(sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: at("2026-11-23T10:31:00+01:00")})
	if receipt := r.accepts(second); receipt.Status != "SENT" || receipt.ID != r.only().ID {
		t.Errorf("%+v", receipt)
	}
	if found, _, err := r.client.Find(t.Context(), second); err != nil || found.Kind != sluss.Accepted {
		t.Errorf("%+v, %v", found, err)
	}
	if told, _, err := r.client.Submit(t.Context(), second); err != nil || told.Kind != sluss.Unknown {
		t.Errorf("signed twice: %+v, %v", told, err)
	}
	b.happens(sluss.Event{Kind: sluss.HandedOver, Leg: 2, At: at("2026-11-23T15:00:00+01:00")})
	b.happens(sluss.Event{Kind: sluss.Received, At: at("2026-11-23T17:00:00+01:00"), Mass: 18_400 * sluss.Kilogram})
	r.file(b, sluss.ReportArrival)
	b.happens(sluss.Event{Kind: sluss.WasteAccepted, At: at("2026-11-23T18:00:00+01:00")})
	r.file(b, sluss.ReportAcceptance)
	b.happens(sluss.Event{Kind: sluss.Treated, At: at("2026-12-01T10:00:00+01:00")})
	r.file(b, sluss.ReportProcessing)

	f := r.only()
	if f.Status != sim.Processed {
		t.Errorf("ends as %s", f.Status)
	}
	for _, test := range []struct {
		path []any
		want any
	}{
		{[]any{"emitter", "company", "siret"}, producerID},
		{[]any{"emitter", "type"}, "PRODUCER"},
		{[]any{"transporters", 0, "company", "siret"}, transporterID},
		{[]any{"transporters", 0, "mode"}, "ROAD"},
		{[]any{"transporters", 0, "numberPlate"}, "RS-345-TU"},
		{[]any{"transporters", 0, "takenOverBy"}, "Signer of take-over"},
		{[]any{"transporters", 1, "company", "siret"}, bargeID},
		{[]any{"transporters", 1, "mode"}, "RIVER"},
		{[]any{"transporters", 1, "company", "contact"}, "Hugo Marchand"},
		{[]any{"transporters", 1, "takenOverBy"}, "Skipper"},
		{[]any{"transporters", 2}, nil},
	} {
		if got := dig(f.Data, test.path...); got != test.want {
			t.Errorf("%v: %v, want %v", test.path, got, test.want)
		}
	}
	var signed []string
	for _, entry := range f.Log {
		if entry.Name == "signTransportForm" {
			signed = append(signed, entry.Company)
		}
	}
	if !slices.Equal(signed, []string{transporterID, bargeID}) {
		t.Errorf("signed by %v", signed)
	}
}

func TestACorrectionReachesLaterTransporters(t *testing.T) {
	r, b := severalCarriers(t)
	r.file(b, sluss.ReportCreation)
	b.declaration.Legs[1].Mode = sluss.Rail
	r.file(b, sluss.ReportSealing)
	b.declaration.Legs[1].Transporter.Contact.Name = "Zoé"
	r.file(b, sluss.ReportEmission)
	f := r.only()
	if got := dig(f.Data, "transporters", 1, "mode"); got != "RAIL" {
		t.Errorf("mode %v", got)
	}
	if got := dig(f.Data, "transporters", 1, "company", "contact"); got != "Zoé" {
		t.Errorf("contact %v", got)
	}
	if n := len(dig(f.Data, "transporters").([]any)); n != 2 {
		t.Errorf("%d transporters", n)
	}
}

func TestASecondTransporterComesByACorrection(t *testing.T) {
	r, b := severalCarriers(t)
	whole := b.declaration.Legs
	b.declaration.Legs = whole[:1]
	r.file(b, sluss.ReportCreation)
	b.declaration.Legs = whole
	for _, note := range beforeDeparture()[1:] {
		r.file(b, note)
	}
	r.accepts(b.takeOver(2))
	if n := len(dig(r.only().Data, "transporters").([]any)); n != 2 {
		t.Errorf("%d transporters", n)
	}
}

func TestATransporterThatCannotBeMadeIsNamed(t *testing.T) {
	r, b := severalCarriers(t)
	b.declaration.Legs[1].Transporter.ID = "00000000283390" // no transporter
	told, exchange, err := r.client.Submit(t.Context(), b.submission(sluss.ReportCreation))
	if err != nil || told.Kind != sluss.Rejected || told.Reasons[0].Field != "legs.1.transporter.id" || exchange.Operation != "createFormTransporter" {
		t.Errorf("%+v, %s, %v", told, exchange.Operation, err)
	}
	if n := len(r.recorded()); n != 0 {
		t.Errorf("%d documents", n)
	}
}

// What is lost before the last call left nothing to find out; what is lost with
// the last call is found.
func TestLostAnswersOfLaterTransporters(t *testing.T) {
	r, b := severalCarriers(t)
	lose := func(operation string, afterEffect bool) {
		must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: operation, AfterEffect: afterEffect, Times: 1}))
	}
	lose("createFormTransporter", true)
	if _, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportCreation)); !errors.Is(err, sluss.ErrNotSent) {
		t.Errorf("a lost transporter: %v", err)
	}
	if _, _, err := r.client.Find(t.Context(), b.submission(sluss.ReportCreation)); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("found %v", err)
	}
	for _, note := range beforeDeparture() {
		r.file(b, note)
	}
	second := b.takeOver(2)
	for _, afterEffect := range []bool{false, true} {
		lose("signTransportForm", afterEffect)
		if told, _, err := r.client.Submit(t.Context(), second); err != nil || told.Kind != sluss.Unknown {
			t.Errorf("%+v, %v", told, err)
		}
		found, _, err := r.client.Find(t.Context(), second)
		if afterEffect && (err != nil || found.Kind != sluss.Accepted) || !afterEffect && !errors.Is(err, sluss.ErrAbsent) {
			t.Errorf("after the effect %t: %+v, %v", afterEffect, found, err)
		}
	}
}

func TestASignatureThatCanNeverCome(t *testing.T) {
	r, b := severalCarriers(t)
	for _, note := range beforeDeparture() {
		r.file(b, note)
	}
	found, _, err := r.client.Find(t.Context(), func() sluss.Submission { // one leg more than the BSDD was made for
		d := b.declaration
		d.Legs = append(slices.Clone(d.Legs), d.Legs[0])
		s := b.takeOver(3)
		s.Content.Declaration = d
		return s
	}())
	if err != nil || found.Kind != sluss.Rejected || found.Reasons[0].Field != "legs.2.transporter.id" || found.Reasons[0].Remedy == "" {
		t.Errorf("%+v, %v", found, err)
	}
	all := r.client
	r.client = r.of(bargeID)
	if _, _, err := r.client.Find(t.Context(), b.takeOver(2)); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("asked by the transporter itself: %v", err)
	}
	r.client = all
	b.happens(sluss.Event{Kind: sluss.Received, At: at("2026-11-23T17:00:00+01:00"), Mass: sluss.Tonne})
	r.file(b, sluss.ReportArrival) // by somebody in Trackdéchets itself, before the second signed
	if found, _, err := r.client.Find(t.Context(), b.takeOver(2)); err != nil || found.Kind != sluss.Rejected || found.Reasons[0].Remedy == "" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestOtherTransportersMayNotSign(t *testing.T) {
	r, b := severalCarriers(t)
	for _, note := range beforeDeparture() {
		r.file(b, note)
	}
	b.declaration.Legs[1].Transporter.ID = transporterID // corrected after the emission
	told, _, err := r.client.Submit(t.Context(), b.takeOver(2))
	if err != nil || told.Kind != sluss.Rejected || told.Reasons[0].Code != "FORBIDDEN" {
		t.Errorf("%+v, %v", told, err)
	}
}
