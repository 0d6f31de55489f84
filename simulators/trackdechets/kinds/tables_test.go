package kinds

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"sluss/simulators/trackdechets/records"
)

// Every edge of our machines is one of the registry's.
func TestMachinesAreThoseOfTheRegistry(t *testing.T) {
	var machines map[string][]struct{ From, Event, To string }
	raw, err := os.ReadFile("../../../../shared/data/trackdechets-state-machines.json")
	if err != nil {
		t.Skipf("the reference folder is not here: %v", err)
	}
	if err := json.Unmarshal(raw, &machines); err != nil {
		t.Fatal(err)
	}
	if err := Load(); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for kind, edges := range machines {
		for _, edge := range edges {
			known[kind+" "+edge.From+" "+edge.Event+" "+edge.To] = true
		}
	}
	for _, k := range All {
		if k == BSFF || k == BSDD { // the BSFF has no machine there, and that of the BSDD is looked at below
			continue
		}
		for _, edge := range k.edges {
			if name := strings.ToLower(k.Name) + " " + string(edge.From) + " " + edge.Act + " " + string(edge.To); !known[name] {
				t.Errorf("%s is no edge of the registry", name)
			}
		}
	}
	events := map[string]string{
		"markAsSealed": "MARK_AS_SEALED", "signEmissionForm": "SIGNED_BY_PRODUCER", "signTransportForm": "SIGNED_BY_TRANSPORTER",
		"importPaperForm": "IMPORT_PAPER_FORM", "markAsReceived": "MARK_AS_RECEIVED", "markAsAccepted": "MARK_AS_ACCEPTED",
		"markAsProcessed": "MARK_AS_PROCESSED", "markAsTempStored": "MARK_AS_TEMP_STORED", "markAsResealed": "MARK_AS_RESEALED",
		"markAsTempStorerAccepted": "MARK_AS_TEMP_STORER_ACCEPTED", "markAsResent": "MARK_AS_RESENT", Regrouping: "MARK_AS_GROUPED",
	}
	for _, edge := range BSDD.edges {
		event := events[edge.Act]
		switch {
		case edge.From == Resealed && edge.Act == "signEmissionForm":
			event = "SIGNED_BY_TEMP_STORER"
		case edge.From == SignedByTempStorer && edge.Act == "signTransportForm":
			event = "MARK_AS_RESENT"
		case edge.From == Grouped:
			event = "MARK_AS_PROCESSED"
		case edge.From == Draft && edge.To == SignedByProducer:
			continue // the emitter that cannot sign: outside the machine
		}
		if name := "bsdd " + string(edge.From) + " " + event + " " + string(edge.To); !known[name] {
			t.Errorf("%s is no edge of the registry", name)
		}
	}
}

// What the tables name is there: acts and steps, and a status to start from.
func TestTablesNameWhatIsThere(t *testing.T) {
	if err := Load(); err != nil {
		t.Fatal(err)
	}
	for _, k := range All {
		reached := map[string]bool{string(k.First): true}
		for _, e := range k.edges {
			reached[string(e.To)] = true
		}
		for _, e := range k.edges {
			if k.Act(e.Act, e.From) == nil && e.Act != Regrouping {
				t.Errorf("%s: there is no act %s at %s", k.Name, e.Act, e.From)
			}
			if !reached[string(e.From)] && k != BSFF { // its acts on packagings find the status
				t.Errorf("%s: nothing leads to %s", k.Name, e.From)
			}
		}
		for _, a := range k.Acts {
			if a.Step != "" && k.Place(a.Step) < 0 {
				t.Errorf("%s: %s has no step %s", k.Name, a.Name, a.Step)
			}
		}
	}
}

func TestTablesAreChecked(t *testing.T) {
	k := &Kind{Name: "Bsda", Steps: []string{"EMISSION"}}
	for _, cells := range [][]string{
		{"waste.code", "EMISSION", "sometimes", "-", "-", "-"}, {"waste.code", "NEVER", "-", "-", "-", "-"}, {"waste.code", "-", "-", "LATER", "-", "-"},
	} {
		if k.addField(cells) == nil {
			t.Errorf("%q was taken", cells)
		}
	}
	if k.addEdge([]string{"INITIAL", "EMISSION", "SENT", "refused&!sometimes"}) == nil {
		t.Error("an unknown guard was taken")
	}
}

// The first edge whose guard holds is taken; a word may be denied, and two joined.
func TestGuards(t *testing.T) {
	if err := Load(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		kind         string
		from         records.Status
		act          string
		accept, want string
	}{
		{"COLLECTION_2710", initial, "RECEPTION", "REFUSED", "REFUSED"},
		{"COLLECTION_2710", initial, "RECEPTION", "ACCEPTED", "RECEIVED"},
		{"COLLECTION_2710", initial, "EMISSION", "", ""},
		{"OTHER_COLLECTIONS", initial, "EMISSION", "", "SIGNED_BY_PRODUCER"},
		{"OTHER_COLLECTIONS", SignedByProducer, "TRANSPORT", "", ""},
		{"GATHERING", SignedByProducer, "TRANSPORT", "", "SENT"},
	} {
		d := &Document{Status: test.from, Data: map[string]any{"type": test.kind, "destination": map[string]any{"reception": map[string]any{"acceptationStatus": test.accept}}}}
		err := BSDA.Move(d, test.act)
		if (err == nil) != (test.want != "") || (err == nil && string(d.Status) != test.want) {
			t.Errorf("%+v: %s, %v", test, d.Status, err)
		}
	}
}
