package avfallsregistret_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"

	sim "sluss/simulators/avfallsregistret"
)

func annulment(id, reason string) m { return m{"avfallsId": id, "makuleringsorsak": reason} }

func TestCorrection(t *testing.T) {
	registry, d := open(t, sim.Options{})
	first := d.take("POST", "/transporter", transport())
	second := d.take("PUT", "/transporter/"+first, transport(m{"avfall": m{"kod": "160601", "mangd": 99}}))
	if first == second {
		t.Error("a correction keeps the waste id")
	}
	wantCodes(t, d.call("PUT", "/transporter/"+first, transport()), 3022)
	wantCodes(t, d.call("PUT", "/transporter/"+uuid.NewString(), transport()), 1116)
	wantCodes(t, d.call("PUT", "/transporter/REF-1", transport()), 1118)
	wantCodes(t, d.call("PUT", "/transporter/", transport()), 1117)
	wantCodes(t, d.call("PUT", "/behandlingsmottaganden/"+second, reception()), 3023)
	wantCodes(t, d.call("PUT", "/transporter/nonsense", transport(m{"transportsatt": nil})), 1131, 1118)

	records := registry.Notes()
	if len(records) != 2 || records[0].ReplacedBy != second || records[1].Replaces != first || records[0].Current() || !records[1].Current() {
		t.Errorf("records: %+v", records)
	}
}

func TestAnotherCompanysNoteIsUnknown(t *testing.T) {
	registry, d := open(t, sim.Options{})
	id := d.take("POST", "/transporter", transport())
	other := visit(t, registry, d.url, companyB)
	wantCodes(t, other.call("PUT", "/transporter/"+id, transport(m{"verksamhetsutovare": companyB})), 1116)
	if got := other.call("DELETE", "/anteckningar", annulment(id, "FelVU")); got.status != 400 {
		t.Errorf("annulled by another: %d %s", got.status, got.body)
	}
	if got := other.call("GET", "/anteckningar/"+id, nil); got.status != 404 {
		t.Errorf("read by another: %d %s", got.status, got.body)
	}
}

func TestAnnulment(t *testing.T) {
	registry, d := open(t, sim.Options{})
	id := d.take("POST", "/transporter", transport())
	for _, body := range []any{
		annulment(id, "Misstag"), annulment("REF-1", "FelVU"), annulment(uuid.NewString(), "FelVU"), m{"avfallId": id, "makuleringsorsak": "FelVU"}, "",
	} {
		if got := d.call("DELETE", "/anteckningar", body); got.status != 400 {
			t.Errorf("%v: %d %s", body, got.status, got.body)
		}
	}
	if got := d.call("DELETE", "/anteckningar", annulment(id, "SkickatDubbelt")); got.status != 200 || len(got.body) != 0 {
		t.Errorf("annul: %d %q", got.status, got.body)
	}
	if got := d.call("DELETE", "/anteckningar", annulment(id, "SkickatDubbelt")); got.status != 400 {
		t.Errorf("annul again: %d", got.status)
	}
	wantCodes(t, d.call("PUT", "/transporter/"+id, transport()), 3022)
	if got := registry.Notes()[0].Annulled; got == nil || got.Reason != "SkickatDubbelt" || got.By != companyA {
		t.Errorf("records: %+v", got)
	}
}

func TestAnnulmentOfAnyVersion(t *testing.T) {
	_, d := open(t, sim.Options{AnnulAnyVersion: true})
	id := d.take("POST", "/transporter", transport())
	for range 2 {
		if got := d.call("DELETE", "/anteckningar", annulment(id, "FelAvfall")); got.status != 200 {
			t.Errorf("annul: %d %s", got.status, got.body)
		}
	}
}

func TestReadBack(t *testing.T) {
	_, d := open(t, sim.Options{})
	first := d.take("POST", "/transporter", transport(m{"referens": "REF-1"}))
	second := d.take("PUT", "/transporter/"+first, transport(m{"referens": "REF-1"}))
	third := d.take("POST", "/behandlingsmottaganden", reception())
	var page struct {
		AntalRader, AntalPerSida, Sida, AntalSidor int
		Anteckningar                               []struct {
			ID                                     string
			Avfall                                 struct{ AvfallID string }
			ErsattAvAvfallsid, ForegaendeAvfallsid string
			TransportStartplats                    m
		}
	}
	got := d.call("GET", "/anteckningar?DatumTidFran=2026-10-12T00:00:00Z&MaxAntalPerSida=2&Sida=1", nil)
	if err := json.Unmarshal(got.body, &page); err != nil || got.status != 200 {
		t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	if page.AntalRader != 3 || page.AntalPerSida != 2 || page.Sida != 1 || page.AntalSidor != 2 || len(page.Anteckningar) != 2 {
		t.Fatalf("page: %+v", page)
	}
	old, latest := page.Anteckningar[0], page.Anteckningar[1]
	if old.Avfall.AvfallID != first || old.ErsattAvAvfallsid != second || latest.ForegaendeAvfallsid != first ||
		old.ID == first || old.TransportStartplats["kommunkod"] != "0188" {
		t.Errorf("versions: %+v", page.Anteckningar)
	}
	if got := d.call("GET", "/anteckningar?DatumTidTom=2026-10-11T00:00:00Z", nil); got.status != 200 {
		t.Errorf("empty window: %d %s", got.status, got.body)
	}
	if got := d.call("GET", "/anteckningar/"+third, nil); got.status != 200 {
		t.Errorf("one: %d %s", got.status, got.body)
	}
	wantCodes(t, d.call("GET", "/anteckningar?MaxAntalPerSida=0&Sida=x", nil), 2031, 2051)
}

func TestProductionReadsNothingBack(t *testing.T) {
	_, d := open(t, sim.Options{Mode: sim.Production})
	id := d.take("POST", "/transporter", transport())
	for _, path := range []string{"/anteckningar", "/anteckningar/" + id} {
		if got := d.call("GET", path, nil); got.status != 404 {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestReferenceData(t *testing.T) {
	_, d := open(t, sim.Options{})
	for path, want := range map[string]int{
		"/transportsatt": 6, "/avfallstyper": 20, "/anteckningstyper": 8, "/behandlingsmetoder": 28,
		"/behandlingsmetoder?filter=R": 13, "/behandlingsmetoder?Filter=D": 15, "/atervinningsresultattyper": 5,
	} {
		got := d.call("GET", path, nil)
		var list []m
		if err := json.Unmarshal(got.body, &list); err != nil || len(list) != want {
			t.Errorf("%s: %d, %d items, want %d", path, got.status, len(list), want)
		}
	}
	if got := d.call("GET", "/atervinningsresultattyper/99", nil); got.status != 404 {
		t.Errorf("unknown type: %d", got.status)
	}
	var tree []*node
	if err := json.Unmarshal(d.call("GET", "/avfallstyper", nil).body, &tree); err != nil {
		t.Fatal(err)
	}
	if count(tree) != 973 {
		t.Errorf("the tree of waste codes has %d nodes, want 973", count(tree))
	}
}

type node struct {
	Kod, Ewc     string
	Avfallstyper []*node
}

func count(nodes []*node) int {
	n := len(nodes)
	for _, inner := range nodes {
		n += count(inner.Avfallstyper)
	}
	return n
}
