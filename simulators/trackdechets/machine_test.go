package trackdechets

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

func TestTransitions(t *testing.T) {
	foreign := map[string]any{
		"processingOperation": "R 5", "notificationNumber": "IT20261234001",
		"company": map[string]any{"vatNumber": "IT13029381004", "name": "x", "address": "y", "contact": "z", "phone": "1", "mail": "a@b.it", "country": "IT"},
	}
	next := map[string]any{"processingOperation": "R 5", "company": company(nextStop)}
	grouping := with(with(processing(), "processingOperationDone", "R 13"), "destinationOperationMode", nil)
	individual := map[string]any{
		"type": "PRODUCER", "isPrivateIndividual": true, "company": map[string]any{"name": "Jean Petit", "address": "1 rue A"},
	}
	direct := with(with(with(createInput(), "transporter", nil), "wasteDetails.packagingInfos", nil), "isDirectSupply", true)
	received := map[string]any{"receivedBy": "Anna", "receivedAt": "2026-01-11T10:00:00Z"}
	tests := []struct {
		name  string
		form  map[string]any // nil: createInput
		from  Status
		actor string
		query string
		input map[string]any
		to    Status
	}{
		{"seal", nil, Draft, "producer", sealQuery, nil, Sealed},
		{"seal, private individual", with(createInput(), "emitter", individual), Draft, "transporter", sealQuery, nil, SignedByProducer},
		{"emission", nil, Sealed, "producer", emitQuery, emission(), SignedByProducer},
		{"emission, direct supply", direct, Sealed, "producer", emitQuery, emission(), Sent},
		{"transport", nil, SignedByProducer, "transporter", carryQuery, transport(), Sent},
		{"reception alone", nil, Sent, "destination", receiveQuery, received, Received},
		{"reception, accepted", nil, Sent, "destination", receiveQuery, reception("ACCEPTED", 1.5, 0), Accepted},
		{"reception, partly refused", nil, Sent, "destination", receiveQuery, reception("PARTIALLY_REFUSED", 1.5, 0.5), Accepted},
		{"reception, refused", nil, Sent, "destination", receiveQuery, reception("REFUSED", 1.5, 1.5), Refused},
		{"acceptation", nil, Received, "destination", acceptQuery, acceptation("ACCEPTED", 1.5, 0), Accepted},
		{"acceptation, refused", nil, Received, "destination", acceptQuery, acceptation("REFUSED", 1.5, 1.5), Refused},
		{"processing", nil, Accepted, "destination", processQuery, processing(), Processed},
		{"processing, D 9 F", nil, Accepted, "destination", processQuery, with(processing(), "processingOperationDone", "D 9 F"), Processed},
		{"processing, grouping", nil, Accepted, "destination", processQuery, with(grouping, "nextDestination", next), AwaitingGroup},
		{"processing, abroad", nil, Accepted, "destination", processQuery, with(grouping, "nextDestination", foreign), FollowedWithPNTTD},
		{
			"processing, traceability ends", nil, Accepted, "destination", processQuery,
			with(with(grouping, "noTraceability", true), "nextDestination.processingOperation", "R 5"), NoTraceability,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t, Options{})
			form := test.form
			if form == nil {
				form = createInput()
			}
			creator := "producer"
			if tree.Text(form, "emitter.company.siret") == "" {
				creator = "transporter"
			}
			var id string
			if creator == "producer" {
				id = r.bring(test.from, form)
			} else {
				id = tree.Text(r.ask(creator, createQuery, map[string]any{"i": form}).body, "data.createForm.id")
			}
			if a := r.ask(test.actor, test.query, map[string]any{"id": id, "i": test.input}); a.code != "" || a.status != 200 {
				t.Fatalf("%+v", a)
			}
			f := r.recorded(id)
			last := f.Log[len(f.Log)-1]
			if f.Status != test.to || last.Status != test.to || last.User != test.actor+"@example.test" || last.Company == "" {
				t.Errorf("status %s, log %+v; want %s", f.Status, last, test.to)
			}
		})
	}
}

func TestWrongStatus(t *testing.T) {
	const transition = "Vous ne pouvez pas passer ce bordereau à l'état souhaité."
	tests := []struct {
		name  string
		from  Status
		actor string
		query string
		input map[string]any
		want  string
	}{
		{"seal twice", Sealed, "producer", sealQuery, nil, transition},
		{"emit twice", SignedByProducer, "producer", emitQuery, emission(), kinds.NotThisStage},
		{"carry after reception", Received, "transporter", carryQuery, transport(), kinds.NotThisStage},
		{"receive twice", Received, "destination", receiveQuery, reception("ACCEPTED", 1, 0), transition},
		{"accept before reception", Sent, "destination", acceptQuery, acceptation("ACCEPTED", 1, 0), transition},
		{"process twice", Processed, "destination", processQuery, processing(), transition},
		// marks look at the payload first
		{"bad payload on processed", Processed, "destination", processQuery, with(processing(), "processingOperationDone", "X"), "Cette opération d’élimination / valorisation n'existe pas.\nLe mode de traitement n'est pas compatible avec l'opération de traitement choisie"},
		// signatures look at the status first
		{"outsider on processed", Processed, "outsider", carryQuery, transport(), kinds.NotThisStage},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t, Options{})
			id := r.bring(test.from, createInput())
			before := len(r.recorded(id).Log)
			a := r.ask(test.actor, test.query, map[string]any{"id": id, "i": test.input})
			if a.status != 200 || a.code != refusal.BadUserInput || a.message != test.want {
				t.Errorf("HTTP %d %s %q, want %q", a.status, a.code, a.message, test.want)
			}
			if f := r.recorded(id); f.Status != test.from || len(f.Log) != before {
				t.Errorf("a refused mutation changed the form: %s %+v", f.Status, f.Log)
			}
		})
	}
}

func TestPermissions(t *testing.T) {
	allowed := map[string][]string{
		"read":     {"producer", "reader", "transporter", "driver", "destination"},
		"update":   {"producer", "transporter", "driver", "destination"},
		"seal":     {"producer"},
		"emission": {"producer"}, "transport": {"transporter", "driver"}, "reception": {"destination"},
		"acceptation": {"destination"}, "processing": {"destination"},
		"delete":      {"producer", "transporter", "destination"},
		"read draft":  {"producer", "reader"},
		"delete late": {"producer"},
	}
	operations := map[string]struct {
		from  Status
		query string
		input map[string]any
	}{
		"read": {Sent, formQuery, nil}, "read draft": {Draft, formQuery, nil},
		"update": {Sealed, updateQuery, nil}, "seal": {Draft, sealQuery, nil}, "delete": {Sealed, deleteQuery, nil},
		"delete late": {SignedByProducer, deleteQuery, nil},
		"emission":    {Sealed, emitQuery, emission()}, "transport": {SignedByProducer, carryQuery, transport()},
		"reception": {Sent, receiveQuery, reception("ACCEPTED", 1, 0)}, "acceptation": {Received, acceptQuery, acceptation("ACCEPTED", 1, 0)},
		"processing": {Accepted, processQuery, processing()},
	}
	for name, operation := range operations {
		t.Run(name, func(t *testing.T) {
			for _, actor := range []string{"producer", "reader", "transporter", "driver", "destination", "outsider", "anonymous", "unknown"} {
				r := newRegistry(t, Options{})
				id := r.bring(operation.from, createInput())
				variables := map[string]any{"id": id, "i": operation.input}
				if operation.query == updateQuery {
					variables = map[string]any{"i": map[string]any{"id": id, "customId": "C"}}
				}
				want := refusal.Denied
				switch {
				case slices.Contains(allowed[name], actor):
					want = ""
				case actor == "anonymous" || actor == "unknown":
					want = refusal.Unauthenticated
				}
				if a := r.ask(actor, operation.query, variables); a.code != want || a.status != 200 {
					t.Errorf("%s: HTTP %d %q (%s), want %q", actor, a.status, a.code, a.message, want)
				}
			}
		})
	}
}

func TestOnlyPartiesCreate(t *testing.T) {
	r := newRegistry(t, Options{})
	for actor, want := range map[string]string{"outsider": refusal.Denied, "driver": refusal.Denied, "reader": refusal.Denied, "destination": ""} {
		if a := r.ask(actor, createQuery, map[string]any{"i": createInput()}); a.code != want {
			t.Errorf("%s: %q (%s), want %q", actor, a.code, a.message, want)
		}
	}
}

func TestSecurityCode(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	r := newRegistry(t, Options{Now: func() time.Time { return now }})
	id := r.bring(Sealed, createInput())
	sign := func(code int) answer {
		return r.ask("transporter", emitQuery, map[string]any{"id": id, "i": emission(), "c": code})
	}
	const lockedFor10 = "Trop de tentatives de validation du code de sécurité. Compte bloqué pendant 10 secondes."
	for i, want := range []string{
		"Le code de signature est invalide. (2 tentative(s) restante(s))",
		"Le code de signature est invalide. (1 tentative(s) restante(s))",
	} {
		if a := sign(9999); a.code != refusal.Denied || a.message != want {
			t.Errorf("attempt %d: %s %q", i+1, a.code, a.message)
		}
	}
	if a := sign(1234); a.code != refusal.TooManyRequests || a.message != lockedFor10 || a.status != 200 {
		t.Errorf("the third attempt must lock, even right: HTTP %d %s %q", a.status, a.code, a.message)
	}
	now = now.Add(9 * time.Second)
	if a := sign(1234); a.code != refusal.TooManyRequests {
		t.Errorf("still locked: %s", a.code)
	}
	now = now.Add(2 * time.Second)
	for range 2 {
		sign(9999)
	}
	if a := sign(9999); !strings.Contains(a.message, "30 secondes") {
		t.Errorf("the second lock is three times as long: %q", a.message)
	}
	now = now.Add(31 * time.Second)
	if a := sign(1234); a.code != "" {
		t.Errorf("the right code after the lock: %+v", a)
	}
	f := r.recorded(id)
	if last := f.Log[len(f.Log)-1]; last.Company != producer || last.User != "transporter@example.test" {
		t.Errorf("signed by code: %+v", last)
	}
}

func TestSealedFields(t *testing.T) {
	locked := func(fields string) string {
		return "Des champs ont été verrouillés via signature et ne peuvent plus être modifiés : " + fields
	}
	emitter := createInput()["emitter"]
	tests := []struct {
		name  string
		from  Status
		actor string
		input map[string]any
		want  string
	}{
		{"emitter after its signature", SignedByProducer, "producer", map[string]any{"wasteDetails": map[string]any{"quantity": 2}}, ""},
		{"emitter's own address", SignedByProducer, "producer", with(map[string]any{"emitter": emitter}, "emitter.company.address", "elsewhere"), locked("emitterCompanyAddress")},
		{"destination", SignedByProducer, "destination", map[string]any{"recipient": map[string]any{"cap": "C"}}, locked("recipientCap")},
		{"sample number before transport", SignedByProducer, "transporter", map[string]any{"wasteDetails": map[string]any{"sampleNumber": "7"}}, ""},
		{"sample number after transport", Sent, "producer", map[string]any{"wasteDetails": map[string]any{"sampleNumber": "7"}}, locked("wasteDetailsSampleNumber")},
		{"plate before transport", SignedByProducer, "transporter", map[string]any{"transporter": map[string]any{"numberPlate": "ZZ-1"}}, ""},
		{"equal values", Sent, "producer", map[string]any{"wasteDetails": createInput()["wasteDetails"]}, ""},
		{"intermediaries after reception", Received, "producer", map[string]any{"intermediaries": []any{company(outsider)}}, locked("intermediaries")},
		{"sealed form", Sealed, "producer", map[string]any{"wasteDetails": map[string]any{"quantity": 9}}, ""},
		{"sealed form must stay sealable", Sealed, "producer", map[string]any{"wasteDetails": map[string]any{"quantity": 0}}, "Déchet : le poids doit être supérieur à 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t, Options{})
			test.input["id"] = r.bring(test.from, createInput())
			if a := r.ask(test.actor, updateQuery, map[string]any{"i": test.input}); a.message != test.want {
				t.Errorf("%q, want %q", a.message, test.want)
			}
		})
	}
}
