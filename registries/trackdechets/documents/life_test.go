package documents

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/reasons"
	sim "sluss/simulators/trackdechets"
)

func firm(siret string) map[string]any {
	return map[string]any{"siret": siret, "name": "Company " + siret, "address": "1 rue de Paris", "contact": "Anna", "phone": "0102030405", "mail": "anna@companies.example"}
}

// wreck is a BSVHU of one car.
func wreck() Content {
	return Content{
		"emitter": map[string]any{"company": firm(producerID)}, "wasteCode": "16 01 04*", "packaging": "UNITE", "quantity": 1,
		"identification": map[string]any{"numbers": []string{"VF1BZ0A0H40000001"}, "type": "NUMERO_ORDRE_REGISTRE_POLICE"},
		"weight":         map[string]any{"value": 1.255, "isEstimate": true},
		"destination":    map[string]any{"type": "BROYEUR", "plannedOperationCode": "R 4", "company": firm(receiverID)},
		"transporter":    map[string]any{"company": firm(transporterID)},
	}
}

func infectious() Content {
	return Content{
		"waste": map[string]any{"code": "18 01 03*", "adr": "UN 3291"}, "destination": map[string]any{"company": firm(receiverID)},
		"emitter": map[string]any{"company": firm(producerID), "emission": map[string]any{
			"weight": map[string]any{"value": 10, "isEstimate": false}, "packagings": []any{map[string]any{"type": "BOITE_CARTON", "quantity": 1, "volume": 30}},
		}},
		"transporter": map[string]any{"company": firm(transporterID)},
	}
}

var drives = Content{"transporter": map[string]any{"transport": map[string]any{"plates": []any{"AB-123-CD"}, "mode": "ROAD", "takenOverAt": at("2026-11-23T09:00:00+01:00")}}}

func (r *registry) wrecked(reference string) Document {
	r.t.Helper()
	o, e, err := r.client.Create(r.t.Context(), producerID, Creation{Kind: BSVHU, Reference: reference, Content: wreck()})
	return r.read(producerID, r.takes("INITIAL", o, e, err).ID)
}

func fieldsOf(reasons []sluss.Reason) (all []string) {
	for _, r := range reasons {
		all = append(all, r.Field)
		if r.Message == "" || r.Remedy == "" {
			all = append(all, "no words")
		}
	}
	return all
}

// What does not fit the contract, and what is sealed, is told before the call, all
// at once.
func TestDocumentFaultsBeforeTheCall(t *testing.T) {
	r, ctx := newRegistry(t), t.Context()
	wrong := Content{
		"colour": "red", "quantity": 1.5, "packaging": "BOX", "weight": 12, "wasteCode": 160104, "transporters": nil, "customId": "OTHER",
		"emitter":        map[string]any{"company": map[string]any{"siren": "1"}, "noSiret": "yes"},
		"identification": map[string]any{"numbers": []any{"A", 7}}, "destination": map[string]any{"reception": map[string]any{"date": "soon"}},
	}
	want := []string{
		"colour", "destination.reception.date", "emitter.company.siren", "emitter.noSiret", "identification.numbers.1", "packaging", "quantity", "wasteCode", "weight", "customId",
	}
	before := r.Counters().Requests
	o, e, err := r.client.Create(ctx, producerID, Creation{Kind: BSVHU, Reference: "CAR-1", Content: wrong})
	if got := fieldsOf(o.Reasons); err != nil || o.Kind != sluss.Rejected || !slices.Equal(got, want) || e.Operation != "createBsvhu" || e.Request != "" {
		t.Errorf("%s %v, %v; %+v\nwant %v", o.Kind, got, err, e, want)
	}
	if _, faults := fitted("BsvhuInput", wreck()); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
	if r.Counters().Requests != before {
		t.Error("it was sent")
	}

	d := r.wrecked("CAR-2")
	o, e, err = r.client.Sign(ctx, producerID, d, Signature{Stage: Emission, By: "Jean"})
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
	d = r.read(producerID, d.ID)
	change := Content{"weight": map[string]any{"value": 2, "isEstimate": false}, "wasteCode": "16 01 06", "destination": map[string]any{"company": map[string]any{"contact": "Eve"}}}
	for company, want := range map[string][]string{
		producerID: nil, // the emitter may, until the transport
		receiverID: {"wasteCode", "weight.isEstimate", "weight.value"},
	} {
		var got []string
		for _, f := range d.sealedFaults(company, change) {
			got = append(got, f.Field)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", company, got, want)
		}
	}
	before = r.Counters().Requests
	o, _, err = r.client.Update(ctx, receiverID, d, change)
	if err != nil || o.Kind != sluss.Rejected || len(o.Reasons) != 3 || r.Counters().Requests != before {
		t.Errorf("%+v, %v", o, err)
	}
	// Who knows no more than its id hears it from the registry.
	o, _, err = r.client.Update(ctx, receiverID, Document{Kind: BSVHU, ID: d.ID}, change)
	if err != nil || o.Kind != sluss.Rejected || !slices.Equal(fieldsOf(o.Reasons), []string{"wasteCode", "weight.value", "weight.isEstimate"}) || o.Reasons[0].Message != "has been sealed by a signature" {
		t.Errorf("%+v, %v", o, err)
	}
	o, e, err = r.client.Update(ctx, transporterID, d, drives)
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
	o, e, err = r.client.Sign(ctx, transporterID, d, Signature{Stage: Transport, By: "Carl"})
	r.takes("SENT", o, e, err)
	d = r.read(transporterID, d.ID)
	if o, _, err = r.client.Update(ctx, transporterID, d, drives); err != nil || o.Kind != sluss.Rejected || len(o.Reasons) != 3 {
		t.Errorf("after its signature: %+v, %v", o, err)
	}
	if d.Signed[1].By != "Carl" || d.count(Transport, "") != 1 || d.Reference != "CAR-2" || d.Emitter != producerID {
		t.Errorf("%+v", d)
	}
}

// Our tables and the registry's own answer say the same of what is sealed.
func TestSealedAsTheRegistryTells(t *testing.T) {
	r := newRegistry(t)
	d := r.wrecked("CAR")
	for _, stage := range []Stage{"", Emission} {
		if stage != "" {
			o, e, err := r.client.Sign(t.Context(), producerID, d, Signature{Stage: stage, By: "Jean"})
			r.takes("", o, e, err)
			d = r.read(producerID, d.ID)
		}
		var told struct {
			Metadata struct{ Fields struct{ Sealed [][]string } }
		}
		ask(t, r.client.Calls.Session(producerID, "bsvhu"), `query bsvhu($id: ID!){bsvhu(id:$id){metadata{fields{sealed}}}}`, map[string]any{"id": d.ID}, "bsvhu", &told)
		var theirs []string
		for _, path := range told.Metadata.Fields.Sealed {
			theirs = append(theirs, strings.Join(path, "."))
		}
		slices.Sort(theirs)
		if ours := slices.Sorted(maps.Keys(d.sealed(outsiderID, false))); !slices.Equal(ours, theirs) || stage != "" && len(ours) == 0 {
			t.Errorf("%s: %v\nthe registry %v", stage, ours, theirs)
		}
	}
}

// Each role by its own token, or by its code on another's device where there are
// codes for that.
func TestSignatures(t *testing.T) {
	r, ctx := newRegistry(t), t.Context()
	d := r.wrecked("CODES")
	if o, _, err := r.client.Sign(ctx, transporterID, d, Signature{Stage: Emission, By: "Carl"}); err != nil || o.Kind != sluss.Rejected || !strings.Contains(o.Reasons[0].Remedy, "the role member") {
		t.Errorf("another's token: %+v, %v", o, err)
	}
	o, e, err := r.client.Sign(ctx, transporterID, d, Signature{Stage: Emission, By: "Carl", Code: 9999})
	if err != nil || o.Kind != sluss.Rejected || strings.Contains(e.Request, "9999") || !strings.Contains(o.Reasons[0].Message, "code is wrong") {
		t.Errorf("wrong code: %+v, %v, %s", o, err, e.Request)
	}
	o, e, err = r.client.Sign(ctx, transporterID, d, Signature{Stage: Emission, By: "Carl", Code: 1234, At: signedAt})
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
	if strings.Contains(e.Request, "1234") || strings.Contains(fmt.Sprintf("%+v", Signature{Code: 1234}), "1234") {
		t.Errorf("the code is told: %s", e.Request)
	}
	o, e, err = r.client.Create(ctx, producerID, Creation{Kind: BSDASRI, Reference: "CODES", Content: infectious()})
	dasri := r.read(producerID, r.takes("INITIAL", o, e, err).ID)
	before := r.Counters().Requests
	o, _, err = r.client.Sign(ctx, transporterID, dasri, Signature{Stage: Work, Code: 1234, At: signedAt, Packaging: "P", Organisation: true})
	if got := fieldsOf(o.Reasons); err != nil || !slices.Equal(got, []string{"type", "author", "securityCode", "packagingId", "date"}) || r.Counters().Requests != before {
		t.Errorf("%v, %v", got, err)
	}
	o, e, err = r.client.Sign(ctx, transporterID, dasri, Signature{Stage: Emission, By: "Carl", Code: 1234})
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
	if e.Operation != "signBsdasriEmissionWithSecretCode" || strings.Contains(e.Request, "1234") {
		t.Errorf("%s %s", e.Operation, e.Request)
	}
}

// A lost answer is settled by reading; a mere repetition is never taken for a
// refusal.
func TestLostAnswersOfDocuments(t *testing.T) {
	r, ctx := newRegistry(t), t.Context()
	for _, n := range []Creation{{Kind: BSVHU, Reference: "LOST", Content: wreck()}, {Kind: BSDASRI, Reference: "LOST", Content: infectious()}} {
		started, create := time.Now().Add(-time.Minute), "create"+kinds[n.Kind].name
		if _, _, err := r.client.FindCreated(ctx, producerID, n.Kind, n.Reference, started); !errors.Is(err, sluss.ErrAbsent) {
			t.Errorf("%s: %v", n.Kind, err)
		}
		must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: create, AfterEffect: true}))
		if o, _, err := r.client.Create(ctx, producerID, n); err != nil || o.Kind != sluss.Unknown {
			t.Fatalf("%+v, %v", o, err)
		}
		o, e, err := r.client.FindCreated(ctx, producerID, n.Kind, n.Reference, started)
		found := r.takes("INITIAL", o, e, err)
		o, e, err = r.client.Create(ctx, producerID, n)
		double := r.takes("INITIAL", o, e, err)
		if o, _, err := r.client.FindCreated(ctx, producerID, n.Kind, n.Reference, started); err != nil || o.Receipt.ID != found.ID || !strings.Contains(o.Detail, double.ID) {
			t.Errorf("%s: %+v, %v", n.Kind, o, err)
		}
		d := r.read(producerID, found.ID)
		s, sign := Signature{Stage: Emission, By: "Jean"}, "sign"+kinds[n.Kind].name
		if _, _, err := r.client.FindSigned(ctx, producerID, d, s); !errors.Is(err, sluss.ErrAbsent) {
			t.Errorf("%s: %v", n.Kind, err)
		}
		must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: sign, AfterEffect: true}))
		if o, _, err := r.client.Sign(ctx, producerID, d, s); err != nil || o.Kind != sluss.Unknown {
			t.Errorf("%+v, %v", o, err)
		}
		if o, _, err := r.client.Sign(ctx, producerID, d, s); err != nil || o.Kind != sluss.Unknown {
			t.Errorf("again: %+v, %v", o, err)
		}
		o, e, err = r.client.FindSigned(ctx, producerID, d, s)
		r.takes("SIGNED_BY_PRODUCER", o, e, err)
		for fault, want := range map[sim.FaultKind]sluss.OutcomeKind{sim.FaultQuota: sluss.Deferred, sim.FaultStatus: sluss.Unknown, sim.FaultHTML: sluss.Unknown, sim.FaultInternal: sluss.Unknown} {
			must(t, r.Fault(sim.Fault{Kind: fault, Operation: "delete" + kinds[n.Kind].name}))
			before := r.Counters()
			o, e, err := r.client.Delete(ctx, producerID, double.ID)
			if err != nil || o.Kind != want || e.Request == "" || r.Counters().Requests != before.Requests+1 {
				t.Errorf("%s: %+v, %v", fault, o, err)
			}
		}
		must(t, r.Fault(sim.Fault{Kind: sim.FaultQuota, Operation: kinds[n.Kind].query()}))
		if o, _, err := r.client.FindSigned(ctx, producerID, d, s); err != nil || o.Kind != sluss.Deferred || !o.Throttled {
			t.Errorf("%+v, %v", o, err)
		}
	}
	if _, _, err := r.client.Create(ctx, "1", Creation{Kind: BSVHU, Reference: "X", Content: wreck()}); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("no token: %v", err)
	}
}

func TestDraftDocuments(t *testing.T) {
	r, ctx := newRegistry(t), t.Context()
	content := wreck()
	delete(content, "weight")
	o, e, err := r.client.Create(ctx, producerID, Creation{Kind: BSVHU, Reference: "DRAFT", Draft: true, Content: content})
	d := r.read(producerID, r.takes("INITIAL", o, e, err).ID)
	if !d.Draft {
		t.Errorf("%+v", d)
	}
	o, _, err = r.client.Sign(ctx, producerID, d, Signature{Stage: Emission, By: "Jean"})
	if got := fieldsOf(o.Reasons); err != nil || !slices.Equal(got, []string{"id"}) {
		t.Errorf("%v, %v", got, err)
	}
	if missing := BSVHU.Missing(content, Emission); !slices.Equal(missing, []string{"weight.value"}) {
		t.Errorf("%v", missing)
	}
	o, _, err = r.client.Publish(ctx, producerID, d.ID)
	if got := fieldsOf(o.Reasons); err != nil || o.Kind != sluss.Rejected || !slices.Equal(got, []string{"weight.value"}) || o.Reasons[0].Message != "is missing" {
		t.Errorf("%+v, %v", o, err)
	}
	o, e, err = r.client.Update(ctx, producerID, d, Content{"weight": map[string]any{"value": 1.2, "isEstimate": true}})
	r.takes("INITIAL", o, e, err)
	o, e, err = r.client.Publish(ctx, producerID, d.ID)
	r.takes("INITIAL", o, e, err)
	o, e, err = r.client.Create(ctx, producerID, Creation{Kind: BSVHU, Reference: "SECOND", Content: wreck()})
	second := r.read(producerID, r.takes("INITIAL", o, e, err).ID)
	page, next, _, err := r.client.Documents(ctx, producerID, BSVHU, time.Time{}, "")
	if err != nil || len(page) != 2 || next != "" || page[0].ID != second.ID {
		t.Errorf("%+v, %q, %v", page, next, err)
	}
	o, e, err = r.client.Delete(ctx, producerID, second.ID)
	r.takes("", o, e, err)
	if _, _, err := r.client.Document(ctx, producerID, second.ID); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("deleted: %v", err)
	}
	if file, _, err := r.client.PDF(ctx, producerID, d.ID); err != nil || !strings.HasPrefix(string(file), "%PDF") {
		t.Errorf("%.20s, %v", file, err)
	}
	if _, _, err := r.client.Document(ctx, producerID, "BSD-1"); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("%v", err)
	}
}

// Several transporters sign one after another, and each signature is told from the others.
func TestTransportersOfADocument(t *testing.T) {
	r, ctx := newRegistry(t), t.Context()
	content := wreck()
	delete(content, "transporter")
	var ids []string
	for range 2 {
		o, e, err := r.client.AddTransporter(ctx, producerID, BSVHU, Content{"company": firm(transporterID), "transport": map[string]any{"mode": "RAIL"}})
		ids = append(ids, r.takes("", o, e, err).ID)
	}
	content["transporters"] = ids
	o, e, err := r.client.Create(ctx, producerID, Creation{Kind: BSVHU, Reference: "TURNS", Content: content})
	d := r.read(producerID, r.takes("INITIAL", o, e, err).ID)
	o, e, err = r.client.Sign(ctx, producerID, d, Signature{Stage: Emission, By: "Jean"})
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
	s := Signature{Stage: Transport, By: "Carl"}
	for n := range ids {
		o, e, err = r.client.ChangeTransporter(ctx, transporterID, BSVHU, ids[n], Content{"transport": map[string]any{"mode": "RAIL", "takenOverAt": signedAt}})
		r.takes("", o, e, err)
		d = r.read(transporterID, d.ID)
		if _, _, err := r.client.FindSigned(ctx, transporterID, d, s); !errors.Is(err, sluss.ErrAbsent) {
			t.Errorf("%d: %v", n, err)
		}
		must(t, r.Fault(sim.Fault{Kind: sim.FaultInternal, Operation: "signBsvhu", AfterEffect: true}))
		if o, _, err := r.client.Sign(ctx, transporterID, d, s); err != nil || o.Kind != sluss.Unknown {
			t.Errorf("%d: %+v, %v", n, o, err)
		}
		o, e, err = r.client.FindSigned(ctx, transporterID, d, s)
		r.takes("SENT", o, e, err)
	}
	if o, _, err := r.client.RemoveTransporter(ctx, transporterID, BSVHU, ids[1]); err != nil || o.Kind != sluss.Rejected {
		t.Errorf("signed: %+v, %v", o, err)
	}
	if o, _, err := r.client.AddTransporter(ctx, producerID, BSPAOH, nil); err != nil || o.Kind != sluss.Rejected {
		t.Errorf("a BSPAOH: %+v, %v", o, err)
	}
}

func TestDocumentRevisions(t *testing.T) {
	r, ctx := newRegistry(t), t.Context()
	o, e, err := r.client.Create(ctx, producerID, Creation{Kind: BSDASRI, Reference: "REVISED", Content: infectious()})
	d := r.read(producerID, r.takes("INITIAL", o, e, err).ID)
	change := Revision{Content: Content{"waste": map[string]any{"code": "18 02 02*"}}, Comment: "typing error"}
	if o, _, err := r.client.AskRevision(ctx, producerID, d.ID, change); err != nil || o.Kind != sluss.Rejected {
		t.Errorf("unsigned: %+v, %v", o, err)
	}
	o, e, err = r.client.Sign(ctx, producerID, d, Signature{Stage: Emission, By: "Jean"})
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
	o, _, err = r.client.AskRevision(ctx, producerID, d.ID, Revision{Content: Content{"wast": 1}})
	if got := fieldsOf(o.Reasons); err != nil || !slices.Equal(got, []string{"wast", "comment"}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, want := range []string{"", "REFUSED", "ACCEPTED"} {
		o, e, err = r.client.AskRevision(ctx, producerID, d.ID, change)
		asked := r.takes("PENDING", o, e, err)
		if want == "" {
			o, e, err = r.client.WithdrawRevision(ctx, producerID, BSDASRI, asked.ID)
		} else {
			o, e, err = r.client.AnswerRevision(ctx, receiverID, BSDASRI, asked.ID, want == "ACCEPTED", "so be it")
		}
		r.takes(want, o, e, err)
	}
	page, next, _, err := r.client.Revisions(ctx, receiverID, BSDASRI, "")
	if err != nil || len(page) != 2 || next != "" || page[0].Status != "ACCEPTED" || page[0].Document.ID != d.ID || page[0].Created.IsZero() {
		t.Errorf("%+v, %q, %v", page, next, err)
	}
	o, e, err = r.client.AskRevision(ctx, producerID, d.ID, Revision{Content: Content{"isCanceled": true}, Comment: "wrong load"})
	asked := r.takes("PENDING", o, e, err)
	o, e, err = r.client.AnswerRevision(ctx, receiverID, BSDASRI, asked.ID, true, "")
	r.takes("ACCEPTED", o, e, err)
	o, _, err = r.client.FindSigned(ctx, transporterID, d, Signature{Stage: Transport, By: "Carl"})
	if err != nil || o.Kind != sluss.Rejected || o.Reasons[0].Code != reasons.StatusCanceled || !strings.Contains(o.Reasons[0].Message, "the BSDASRI was cancelled") {
		t.Errorf("cancelled: %+v, %v", o, err)
	}
	if o, _, err := r.client.AskRevision(ctx, producerID, "VHU-1", change); err != nil || o.Kind != sluss.Rejected {
		t.Errorf("a BSVHU: %+v, %v", o, err)
	}
}

// The packagings of a BSFF are judged one by one, and each signature is told from
// the others.
func TestPackagingsOfABSFF(t *testing.T) {
	r, ctx := newRegistry(t), t.Context()
	bottle := func(number string) map[string]any {
		return map[string]any{"type": "BOUTEILLE", "volume": 1, "numero": number, "weight": 1}
	}
	o, e, err := r.client.Create(ctx, producerID, Creation{Kind: BSFF, Reference: "FLUIDS", Content: Content{
		"type": "TRACER_FLUIDE", "emitter": map[string]any{"company": firm(producerID)}, "packagings": []any{bottle("1"), bottle("2")},
		"waste":  map[string]any{"code": "14 06 01*", "description": "R404A", "adr": "UN 1078"},
		"weight": map[string]any{"value": 2, "isEstimate": true},
		"transporter": map[string]any{"company": firm(transporterID), "transport": map[string]any{
			"mode": "ROAD", "plates": []any{"AB-123-CD"}, "takenOverAt": signedAt,
		}},
		"destination": map[string]any{"company": firm(receiverID), "cap": "CAP", "plannedOperationCode": "R2", "reception": map[string]any{"date": signedAt}},
	}})
	d := r.read(producerID, r.takes("INITIAL", o, e, err).ID)
	for _, step := range []struct {
		company string
		stage   Stage
	}{{producerID, Emission}, {transporterID, Transport}, {receiverID, Reception}} {
		o, e, err = r.client.Sign(ctx, step.company, d, Signature{Stage: step.stage, By: "Anna"})
		r.takes("", o, e, err)
		d = r.read(step.company, d.ID)
	}
	for i, want := range []string{"RECEIVED", "PARTIALLY_REFUSED"} {
		p, verdict := d.Packagings[i], []string{"ACCEPTED", "REFUSED"}[i]
		s := Signature{Stage: Acceptation, By: "Rita", Packaging: p.ID}
		o, e, err = r.client.UpdatePackaging(ctx, receiverID, p.ID, Content{"acceptation": map[string]any{"date": signedAt, "weight": 1, "status": verdict, "wasteDescription": "R404A"}})
		r.takes("", o, e, err)
		must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: "signBsff", AfterEffect: true}))
		if o, _, err := r.client.Sign(ctx, receiverID, d, s); err != nil || o.Kind != sluss.Unknown {
			t.Errorf("%+v, %v", o, err)
		}
		o, e, err = r.client.FindSigned(ctx, receiverID, d, s)
		r.takes(want, o, e, err)
		if p.Number != []string{"1", "2"}[i] {
			t.Errorf("%+v", p)
		}
	}
	o, _, err = r.client.Sign(ctx, receiverID, d, Signature{Stage: Operation, By: "Rita", Packaging: "nobody's"})
	if got := fieldsOf(o.Reasons); err != nil || !slices.Equal(got, []string{"packagingId"}) {
		t.Errorf("%v, %v", got, err)
	}
}

// A BSDA's destination stays open until the transport for who puts a temporary
// storage before it.
func TestStorageComesIntoABSDA(t *testing.T) {
	r, ctx := newRegistry(t), t.Context()
	o, e, err := r.client.Create(ctx, producerID, Creation{Kind: BSDA, Reference: "ASBESTOS", Content: Content{
		"type": "OTHER_COLLECTIONS", "emitter": map[string]any{"isPrivateIndividual": false, "company": firm(producerID)},
		"worker":      map[string]any{"isDisabled": true},
		"destination": map[string]any{"company": firm(receiverID), "plannedOperationCode": "D 5", "cap": "CAP"},
		"transporter": map[string]any{"company": firm(transporterID)}, "packagings": []any{map[string]any{"type": "BIG_BAG", "quantity": 2}},
		"waste": map[string]any{
			"code": "16 01 11*", "consistence": "SOLIDE", "familyCode": "f", "materialName": "m", "sealNumbers": []any{"1"}, "adr": "ADR",
		},
		"weight": map[string]any{"isEstimate": true, "value": 2.3},
	}})
	id := r.takes("INITIAL", o, e, err).ID
	o, e, err = r.client.Sign(ctx, producerID, r.read(producerID, id), Signature{Stage: Emission, By: "Jean"})
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
	d := r.read(receiverID, id)
	stored := map[string]any{"company": firm(platformID), "plannedOperationCode": "R 13"}
	o, _, err = r.client.Update(ctx, receiverID, d, Content{"destination": stored})
	if got := fieldsOf(o.Reasons); err != nil || o.Kind != sluss.Rejected || !slices.Contains(got, "destination.company.siret") {
		t.Errorf("without a next destination: %v, %v", got, err)
	}
	delete(stored, "company")
	stored["company"] = map[string]any{"siret": platformID, "name": "Company " + platformID, "address": "1 rue de Paris"}
	stored["operation"] = map[string]any{"nextDestination": map[string]any{"company": firm(receiverID), "plannedOperationCode": "D 5", "cap": "CAP"}}
	if faults := d.sealedFaults(receiverID, Content{"destination": stored}); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
	o, e, err = r.client.Update(ctx, receiverID, d, Content{"destination": stored, "transporter": map[string]any{"company": firm(transporterID)}})
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
}

// A BSDASRI of synthesis has no emitter: our reference stands at its transporter,
// by which it is found again.
func TestSynthesisHasNoEmitter(t *testing.T) {
	r, ctx := newRegistry(t), t.Context()
	o, e, err := r.client.Create(ctx, producerID, Creation{Kind: BSDASRI, Reference: "PART", Content: infectious()})
	d := r.read(producerID, r.takes("INITIAL", o, e, err).ID)
	o, e, err = r.client.Sign(ctx, producerID, d, Signature{Stage: Emission, By: "Jean"})
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
	carried := Content{"transporter": map[string]any{"transport": map[string]any{
		"mode": "ROAD", "plates": []any{"AB-123-CD"}, "takenOverAt": signedAt, "acceptation": map[string]any{"status": "ACCEPTED"},
		"weight": map[string]any{"value": 10, "isEstimate": false}, "packagings": []any{map[string]any{"type": "BOITE_CARTON", "quantity": 1, "volume": 30}},
	}}}
	o, e, err = r.client.Update(ctx, transporterID, d, carried)
	r.takes("", o, e, err)
	o, e, err = r.client.Sign(ctx, transporterID, d, Signature{Stage: Transport, By: "Carl"})
	r.takes("SENT", o, e, err)
	content := infectious()
	delete(content, "emitter")
	content["synthesizing"] = []any{d.ID}
	started := time.Now().Add(-time.Minute)
	must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: "createBsdasri", AfterEffect: true}))
	o, e, err = r.client.Create(ctx, transporterID, Creation{Kind: BSDASRI, Reference: "WHOLE", Content: content})
	if err != nil || o.Kind != sluss.Unknown || strings.Contains(e.Request[strings.Index(e.Request, `"variables"`):], `"emitter"`) {
		t.Errorf("%+v, %v\n%s", o, err, e.Request)
	}
	o, e, err = r.client.FindCreated(ctx, transporterID, BSDASRI, "WHOLE", started)
	r.takes("INITIAL", o, e, err)
}
