package avfallsregistret_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sluss"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

// operation is one operation of the API, and how the client calls it. The table in
// README.md has a row for each, and the test calls each.
type operation struct {
	name, means, client string
	call                func(t *testing.T, d service)
}

func operations() []operation {
	var list []operation
	add := func(name, means, client string, call func(t *testing.T, d service)) {
		list = append(list, operation{name, means, client, call})
	}
	fetch := func(t *testing.T, d service) {
		t.Helper()
		lists(t, d)
	}
	add("POST /oauth2/token", "token", "every method", fetch)
	for _, n := range []struct {
		resource, means string
		note            sluss.ReportKind
		constant        string
	}{
		{"transportplaneringar", "producer, § 1", sluss.ReportRemoval, "ReportRemoval"},
		{"transporter", "transporter, § 2", sluss.ReportTransport, "ReportTransport"},
		{"insamlingar", "collector, § 3 p. 1", sluss.ReportCollection, "ReportCollection"},
		{"insamlingstransport", "collector, § 3 p. 2", sluss.ReportCollectionTransport, "ReportCollectionTransport"},
		{"handel", "dealer or broker, § 4", sluss.ReportDeal, "ReportDeal"},
		{"behandlingsmottaganden", "treater, § 5 p. 1", sluss.ReportReception, "ReportReception"},
		{"behandlingsresultat", "treater, § 5 p. 2", sluss.ReportTreatment, "ReportTreatment"},
		{"behandlingsoverlamningar", "treater, § 5 p. 3", sluss.ReportForwarding, "ReportForwarding"},
	} {
		add("POST /"+n.resource, n.means, "`Submit`, `sluss."+n.constant+"`", func(t *testing.T, d service) {
			t.Helper()
			accepted(t, d, everyNote(t)[n.note])
		})
		add("PUT /"+n.resource+"/{id}", "its correction", "`Replace`, `sluss."+n.constant+"`", func(t *testing.T, d service) {
			t.Helper()
			s := everyNote(t)[n.note]
			if o, exchange, err := d.Replace(t.Context(), accepted(t, d, s).ID, s); err != nil || o.Kind != sluss.Accepted {
				t.Fatalf("%+v, %v; %s", o, err, exchange.Response)
			}
		})
	}
	add("DELETE /anteckningar", "annulment", "`Annul`", func(t *testing.T, d service) {
		t.Helper()
		id := accepted(t, d, everyNote(t)[sluss.ReportDeal]).ID
		if o, exchange, err := d.Annul(t.Context(), id, avfallsregistret.SentTwice); err != nil || o.Kind != sluss.Accepted {
			t.Fatalf("%+v, %v; %s", o, err, exchange.Response)
		}
	})
	add("GET /anteckningar", "own notes, test only", "`Find`, `FindReplacement`", func(t *testing.T, d service) {
		t.Helper()
		s := everyNote(t)[sluss.ReportTreatment]
		id := accepted(t, d, s).ID
		if o, _, err := d.Find(t.Context(), s); err != nil || o.Receipt.ID != id {
			t.Fatalf("%+v, %v", o, err)
		}
		newer, _, err := d.Replace(t.Context(), id, s)
		if err != nil || newer.Receipt == nil {
			t.Fatalf("%+v, %v", newer, err)
		}
		if o, _, err := d.FindReplacement(t.Context(), id, s); err != nil || o.Receipt.ID != newer.Receipt.ID {
			t.Fatalf("%+v, %v", o, err)
		}
	})
	add("GET /anteckningar/{avfallid}", "one note, test only", "`Read`, `FindAnnulment`", func(t *testing.T, d service) {
		t.Helper()
		id := accepted(t, d, everyNote(t)[sluss.ReportDeal]).ID
		if f, _, err := d.Read(t.Context(), id); err != nil || f.AvfallsID != id {
			t.Fatalf("%+v, %v", f, err)
		}
		if o, _, err := d.Annul(t.Context(), id, avfallsregistret.SentTwice); err != nil || o.Kind != sluss.Accepted {
			t.Fatalf("%+v, %v", o, err)
		}
		if o, _, err := d.FindAnnulment(t.Context(), id, avfallsregistret.SentTwice); err != nil || o.Receipt.ID != id {
			t.Fatalf("%+v, %v", o, err)
		}
	})
	for _, l := range []struct{ resource, means string }{
		{"anteckningstyper", "kinds of notes"},
		{"avfallstyper", "waste codes"},
		{"behandlingsmetoder", "treatments"},
		{"transportsatt", "modes of transport"},
		{"atervinningsresultattyper", "results of waste oil"},
	} {
		add("GET /"+l.resource, l.means, "`ReferenceData`", fetch)
	}
	add("GET /atervinningsresultattyper/{atervinningsresultatkod}", "one of them", "`RecoveryType`", func(t *testing.T, d service) {
		t.Helper()
		if kind, err := d.RecoveryType(t.Context(), "01"); err != nil || kind.Code != "01" {
			t.Fatalf("%+v, %v", kind, err)
		}
	})
	return list
}

// TestEveryOperation lets the client call every operation of the API. It passes if
// the simulator serves the call and, if the contract is available, both conform to
// it.
func TestEveryOperation(t *testing.T) {
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			d := open(t, sim.Options{})
			o.call(t, d)
			if seen := d.seen.operations(); seen[o.name] == 0 {
				t.Errorf("was not called with success, but %v", seen)
			}
		})
	}
}

func TestOperationsAreThoseOfTheContract(t *testing.T) {
	document := wantContract(t)
	var want, got []string
	for path, item := range document.Paths.Map() {
		for method := range item.Operations() {
			want = append(want, method+" "+path)
		}
	}
	for _, o := range operations() {
		got = append(got, o.name)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the tests call\n%s\nthe contract has\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestReadmeTellsTheOperations compares the table in README.md with the operations
// that TestEveryOperation calls. If it fails, copy its output into the file.
func TestReadmeTellsTheOperations(t *testing.T) {
	var table strings.Builder
	table.WriteString("| Operation | Means | Client | Simulator | Conformance test |\n|---|---|---|---|---|\n")
	for _, o := range operations() {
		fmt.Fprintf(&table, "| `%s` | %s | ✓ %s | ✓ | ✓ `TestEveryOperation/%s` |\n", o.name, o.means, o.client, strings.ReplaceAll(o.name, " ", "_"))
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "<!-- operations -->\n")
	told, _, found := strings.Cut(rest, "<!-- /operations -->")
	if !found || told != table.String() {
		t.Errorf("README.md between <!-- operations --> and <!-- /operations --> should be\n%s", &table)
	}
}

// TestTableNamesWhatThereIs: the methods and the kinds of notes in the table exist,
// and no kind is missing.
func TestTableNamesWhatThereIs(t *testing.T) {
	named := regexp.MustCompile("`([^`]+)`")
	notes := map[string]bool{}
	for _, o := range operations() {
		for _, name := range named.FindAllStringSubmatch(o.client, -1) {
			if note, isNote := strings.CutPrefix(name[1], "sluss.Report"); isNote {
				notes[note] = true
			} else if _, has := reflect.TypeFor[*avfallsregistret.Client]().MethodByName(name[1]); !has {
				t.Errorf("%s: the client has no method %s", o.name, name[1])
			}
		}
	}
	for note := range everyNote(t) {
		var constant strings.Builder
		for word := range strings.SplitSeq(string(note), "-") {
			constant.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
		if !notes[constant.String()] {
			t.Errorf("no operation files the note %s", note)
		}
		delete(notes, constant.String())
	}
	if len(notes) > 0 {
		t.Errorf("there are no such notes: %v", notes)
	}
}

// TestEverySwitchIsTriedAndTold: everything unknown about the registry is a switch
// of the simulator, which a test of the client sets and README.md describes.
func TestEverySwitchIsTriedAndTold(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(data)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"Authority", "Key", "Mode", "Now", "Path", "Secret"} // of the simulator, not of the registry
	for field := range reflect.TypeFor[sim.Options]().Fields() {
		name := field.Name
		if slices.Contains(known, name) {
			continue
		}
		if !strings.Contains(tests.String(), name+":") {
			t.Errorf("no test of the client sets %s", name)
		}
		if !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("README.md does not say what the client does about %s", name)
		}
	}
}
