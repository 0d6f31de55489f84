package trackdechets

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

func TestEveryStepOfTheExamples(t *testing.T) {
	for _, name := range []string{"fr-solvents.json", "fr-refused.json", "fr-partly-accepted.json", "se-to-fr.json"} {
		t.Run(name, func(t *testing.T) {
			r := newRegistry(t, sim.Options{Sirene: true})
			b := newBatch(t, name)
			statuses := map[sluss.ReportKind]string{}
			file := func(note sluss.ReportKind) {
				receipt := r.file(b, note)
				statuses[note] = receipt.Status
				if f := r.only(); receipt.ID != f.ID || receipt.Number != f.ReadableID || receipt.Registry != sluss.Trackdechets || receipt.At.IsZero() {
					t.Errorf("%s: receipt %+v of %s", note, receipt, f.ID)
				}
				found, _, err := r.client.Find(t.Context(), b.submission(note))
				if err != nil || found.Kind != sluss.Accepted || found.Receipt.ID != receipt.ID || found.Receipt.Status != receipt.Status {
					t.Errorf("%s: asked afterwards: %+v, %v", note, found, err)
				}
			}
			for _, note := range beforeDeparture() {
				file(note)
			}
			b.happens(sluss.Event{Kind: sluss.HandedOver, Leg: b.leg, At: at("2026-11-25T08:01:00+01:00")})
			b.happens(sluss.Event{Kind: sluss.Received, At: at("2026-11-25T17:00:00+01:00"), Mass: b.declaration.Waste.Mass - 100*sluss.Kilogram})
			file(sluss.ReportArrival)
			want := map[sluss.ReportKind]string{
				sluss.ReportCreation: "DRAFT", sluss.ReportSealing: "SEALED", sluss.ReportEmission: "SIGNED_BY_PRODUCER", sluss.ReportTakeOver: "SENT",
				sluss.ReportArrival: "RECEIVED", sluss.ReportAcceptance: "ACCEPTED", sluss.ReportProcessing: "PROCESSED",
			}
			if name == "fr-refused.json" {
				b.happens(sluss.Event{Kind: sluss.WasteRefused, At: at("2026-11-25T18:00:00+01:00"), Reason: "halogenated"})
				want[sluss.ReportAcceptance] = "REFUSED"
				delete(want, sluss.ReportProcessing)
				file(sluss.ReportAcceptance)
			} else {
				taken := sluss.Event{Kind: sluss.WasteAccepted, At: at("2026-11-25T18:00:00+01:00")}
				if name == "fr-partly-accepted.json" {
					taken.RefusedMass, taken.Reason = 200*sluss.Kilogram+500*sluss.Gram, "one container leaks"
				}
				b.happens(taken)
				file(sluss.ReportAcceptance)
				b.happens(sluss.Event{Kind: sluss.Treated, At: at("2026-12-01T10:00:00+01:00")})
				file(sluss.ReportProcessing)
			}
			if !reflect.DeepEqual(statuses, want) {
				t.Errorf("statuses %v, want %v", statuses, want)
			}
			acts := map[string]int{}
			for _, entry := range r.only().Log {
				acts[entry.Name]++
			}
			for act, n := range acts {
				if n != 1 && act != "updateForm" {
					t.Errorf("%s took effect %d times", act, n)
				}
			}
		})
	}
}

func TestTheRecordsHoldWhatWasDeclared(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "se-to-fr.json")
	b.declaration.Waste.Mass = 6_400*sluss.Kilogram + 7*sluss.Gram
	b.declaration.Legs[1].Vehicles = append(b.declaration.Legs[1].Vehicles, sluss.Vehicle{Country: "FR", Plate: "RE-001-MO", Kind: sluss.Trailer})
	b.declaration.Legs[1].From.Address = "Quai 7"
	for _, note := range beforeDeparture() {
		r.file(b, note)
	}
	b.happens(sluss.Event{Kind: sluss.HandedOver, Leg: 2, At: at("2026-11-25T08:01:00+01:00")})
	b.happens(sluss.Event{Kind: sluss.Received, At: at("2026-11-25T17:00:00+01:00"), Mass: 6_390 * sluss.Kilogram})
	r.file(b, sluss.ReportArrival)
	b.happens(sluss.Event{Kind: sluss.WasteAccepted, At: at("2026-11-25T18:00:00+01:00"), RefusedMass: 12_345 * sluss.Gram, Reason: "wet"})
	r.file(b, sluss.ReportAcceptance)
	b.happens(sluss.Event{Kind: sluss.Treated, At: at("2026-12-01T10:00:00+01:00"), Operation: "R4"})
	r.file(b, sluss.ReportProcessing)

	f := r.only()
	if f.CustomID != "batch/default/XB-2026-0003" || f.Status != sim.Processed {
		t.Errorf("%s %s", f.CustomID, f.Status)
	}
	for _, test := range []struct {
		path []any
		want any
	}{
		{[]any{"emitter", "type"}, "OTHER"},
		{[]any{"emitter", "company", "siret"}, platformID},
		{[]any{"emitter", "company", "name"}, "Plateforme du Havre SAS"},
		{[]any{"emitter", "company", "contact"}, "Louis Petit"},
		{[]any{"emitter", "company", "phone"}, "02 35 00 00 04"},
		{[]any{"emitter", "company", "mail"}, "louis.petit@plateforme.example"},
		{[]any{"emitter", "workSite", "address"}, "Quai 7"},
		{[]any{"emitter", "workSite", "postalCode"}, "76600"},
		{[]any{"recipient", "company", "siret"}, receiverID},
		{[]any{"recipient", "cap"}, "CAP-2026-117"},
		{[]any{"recipient", "processingOperation"}, "R 8"},
		{[]any{"transporters", 0, "company", "siret"}, transporterID},
		{[]any{"transporters", 0, "numberPlate"}, "MN-012-PQ, RE-001-MO"},
		{[]any{"transporters", 0, "mode"}, "ROAD"},
		{[]any{"wasteDetails", "code"}, "16 08 02*"},
		{[]any{"wasteDetails", "quantity"}, 6.400007},
		{[]any{"wasteDetails", "quantityType"}, "REAL"},
		{[]any{"wasteDetails", "consistences", 0}, "SOLID"},
		{[]any{"wasteDetails", "packagingInfos", 0, "type"}, "FUT"},
		{[]any{"wasteDetails", "packagingInfos", 0, "quantity"}, 32.0},
		{[]any{"wasteDetails", "isSubjectToADR"}, true},
		{[]any{"emittedBy"}, "Signer of emission"},
		{[]any{"emittedAt"}, "2026-11-23T07:59:30.000Z"},
		{[]any{"takenOverBy"}, "Signer of take-over"},
		{[]any{"takenOverAt"}, "2026-11-23T07:59:30.000Z"},
		{[]any{"receivedBy"}, "Signer of arrival"},
		{[]any{"receivedAt"}, "2026-11-25T16:00:00.000Z"},
		{[]any{"wasteAcceptationStatus"}, "PARTIALLY_REFUSED"},
		{[]any{"quantityReceived"}, 6.39},
		{[]any{"quantityRefused"}, 0.012345},
		{[]any{"wasteRefusalReason"}, "wet"},
		{[]any{"processedBy"}, "Signer of processing"},
		{[]any{"processedAt"}, "2026-12-01T09:00:00.000Z"},
		{[]any{"processingOperationDone"}, "R 4"},
		{[]any{"destinationOperationMode"}, "RECYCLAGE"},
	} {
		if got := dig(f.Data, test.path...); got != test.want {
			t.Errorf("%v: %v, want %v", test.path, got, test.want)
		}
	}
	acted := map[string]string{}
	for _, entry := range f.Log {
		acted[entry.Name] = entry.Company
	}
	if want := (map[string]string{
		"createForm": platformID, "updateForm": platformID, "markAsSealed": platformID, "signEmissionForm": platformID,
		"signTransportForm": transporterID, "markAsReceived": receiverID, "markAsAccepted": receiverID, "markAsProcessed": receiverID,
	}); !maps.Equal(acted, want) {
		t.Errorf("who acted: %v", acted)
	}
}

func TestWithoutSignatureTheReporterOfTheEventSigns(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	r.bring(b, sluss.ReportTakeOver)
	b.happens(sluss.Event{Kind: sluss.Received, At: at("2026-11-23T15:20:00+01:00"), Mass: sluss.Tonne})
	s := b.submission(sluss.ReportArrival)
	s.Signature = nil
	told, _, err := r.client.Submit(t.Context(), s)
	if err != nil || told.Kind != sluss.Accepted || r.only().Data["receivedBy"] != "Reporter of received" {
		t.Errorf("%+v, %v, received by %v", told, err, r.only().Data["receivedBy"])
	}
}

func TestACorrectionReachesTheDocumentBeforeItIsSealedAndSigned(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	b.declaration.Waste.Consistence, b.declaration.Treatment.Acceptance = "", ""
	r.file(b, sluss.ReportCreation)
	told, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportSealing))
	must(t, err)
	var fields []string
	for _, reason := range told.Reasons {
		fields = append(fields, reason.Field)
	}
	slices.Sort(fields)
	if told.Kind != sluss.Rejected || strings.Join(fields, " ") != "treatment.acceptance waste.consistence" {
		t.Fatalf("%+v", told)
	}
	b.declaration = example(t, "fr-solvents.json")
	r.file(b, sluss.ReportSealing)
	b.declaration.Waste.Name, b.declaration.Waste.UN, b.declaration.Waste.Packagings = "Solvents", "", []sluss.Packaging{{Kind: sluss.OtherPackaging, Count: 1, Other: "bag"}}
	r.file(b, sluss.ReportEmission)
	f := r.only()
	if f.Status != sim.SignedByProducer || dig(f.Data, "wasteDetails", "name") != "Solvents" || dig(f.Data, "wasteDetails", "onuCode") != nil ||
		dig(f.Data, "wasteDetails", "packagingInfos", 0, "other") != "bag" || len(dig(f.Data, "transporters").([]any)) != 1 {
		t.Errorf("%s %v", f.Status, f.Data)
	}
}

func TestWhoseTokenIsUsed(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")

	// Without a token of the emitter the receiver may create, but nobody else may sign for the emitter.
	r.client = r.of(receiverID, transporterID)
	r.file(b, sluss.ReportCreation)
	if found, _, err := r.client.Find(t.Context(), b.submission(sluss.ReportCreation)); err != nil || found.Kind != sluss.Accepted {
		t.Errorf("%+v, %v", found, err)
	}
	r.file(b, sluss.ReportSealing)
	if f := r.only(); f.Log[0].Company != receiverID || f.Log[0].User != receiverID+"@companies.example" {
		t.Errorf("created by %+v", f.Log[0])
	}
	before := r.Counters().Requests
	_, exchange, err := r.client.Submit(t.Context(), b.submission(sluss.ReportEmission))
	if !errors.Is(err, sluss.ErrOperator) || !strings.Contains(err.Error(), producerID) || r.Counters().Requests != before {
		t.Errorf("%v, %d requests", err, r.Counters().Requests-before)
	}
	if exchange.Status != 0 {
		t.Errorf("%+v", exchange)
	}

	// A token that the service does not know is an operator's matter, and is not shown.
	r.client = r.as(func(o *Options) { o.Tokens = map[string]string{producerID: "revoked-token"} })
	for name, ask := range map[string]func() (sluss.Outcome, sluss.Exchange, error){
		"submit": func() (sluss.Outcome, sluss.Exchange, error) {
			return r.client.Submit(t.Context(), b.submission(sluss.ReportEmission))
		},
		"find": func() (sluss.Outcome, sluss.Exchange, error) {
			return r.client.Find(t.Context(), b.submission(sluss.ReportEmission))
		},
	} {
		_, exchange, err := ask()
		if !errors.Is(err, sluss.ErrOperator) || !strings.Contains(err.Error(), producerID) || strings.Contains(err.Error()+exchange.Request+exchange.Response, "revoked-token") {
			t.Errorf("%s: %v", name, err)
		}
	}

	// A token of somebody who is not on the document has no right there.
	r.client = r.as(func(o *Options) { o.Tokens = map[string]string{producerID: o.Tokens[outsiderID]} })
	told, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportEmission))
	if err != nil || told.Kind != sluss.Rejected || told.Reasons[0].Code != "FORBIDDEN" || told.Reasons[0].Remedy == "" {
		t.Errorf("%+v, %v", told, err)
	}
	if _, _, err := r.client.Find(t.Context(), b.submission(sluss.ReportEmission)); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("find: %v", err)
	}
}

func TestAReceiptGivenAsNumberIsLookedUp(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	receipt := r.file(b, sluss.ReportCreation)
	b.receipts["fr.creation"] = sluss.Receipt{Registry: sluss.Trackdechets, ID: receipt.Number}
	s := b.submission(sluss.ReportSealing)
	if got, err := r.client.Calls(t.Context(), s.Content); err != nil || got != 2 {
		t.Errorf("%d calls, %v, want 2", got, err)
	}
	must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: "form"}))
	if _, _, err := r.client.Submit(t.Context(), s); !errors.Is(err, sluss.ErrNotSent) {
		t.Errorf("a lost question before the act: %v", err)
	}
	before := r.Counters().Requests
	if got := r.file(b, sluss.ReportSealing); got.ID != receipt.ID || r.Counters().Requests != before+2 {
		t.Errorf("%+v after %d requests", got, r.Counters().Requests-before)
	}
	if found, _, err := r.client.Find(t.Context(), s); err != nil || found.Receipt.ID != receipt.ID {
		t.Errorf("%+v, %v", found, err)
	}
	b.receipts["fr.creation"] = sluss.Receipt{ID: "BSD-20200101-000000000"}
	if told, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportEmission)); err != nil || told.Kind != sluss.Rejected {
		t.Errorf("a number that does not exist: %+v, %v", told, err)
	}
	delete(b.receipts, "fr.creation")
	if _, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportEmission)); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("without a receipt: %v", err)
	}
	if got, err := r.client.Calls(t.Context(), b.submission(sluss.ReportCreation).Content); err != nil || got != 1 {
		t.Errorf("%d calls, %v, want 1", got, err)
	}
}
