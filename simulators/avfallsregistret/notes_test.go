package avfallsregistret_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/uuid"

	sim "sluss/simulators/avfallsregistret"
)

func TestNotesAreTakenAndNeverDeDuplicated(t *testing.T) {
	registry, d := open(t, sim.Options{})
	for path, body := range map[string]m{
		"/transportplaneringar": planned(), "/transporter": transport(), "/behandlingsmottaganden": reception(),
	} {
		first, second := d.take("POST", path, body), d.take("POST", path, body)
		if first == second {
			t.Errorf("%s: the same note twice has one waste id", path)
		}
	}
	if records := registry.Notes(); len(records) != 6 {
		t.Errorf("records hold %d notes, want 6", len(records))
	}
}

func TestBooksTellWhatWasSent(t *testing.T) {
	registry, d := open(t, sim.Options{})
	before := uuid.NewString()
	id := d.take("POST", "/transporter", transport(m{
		"referens": "REF-1", "avfall": m{"kod": "130205", "mangd": 12.125, "foregaendeAvfallId": before},
	}))
	got := registry.Notes()[0]
	if got.AvfallID != id || got.Type != "Transport" || got.Operator != companyA || got.Code != "130205" ||
		got.Kg != 12.125 || got.Predecessor != before || got.Referens != "REF-1" || got.SystemID != "test-1.0" ||
		!got.Received.Equal(morning) || !got.Current() {
		t.Errorf("records hold %+v", got)
	}
}

func TestKeysBindWithoutRegardToCase(t *testing.T) {
	_, d := open(t, sim.Options{})
	upper := m{}
	for key, value := range transport() {
		upper[strings.ToUpper(key[:1])+key[1:]] = value
	}
	d.take("POST", "/transporter", upper)
}

func TestEveryNoteTypeIsTaken(t *testing.T) {
	_, d := open(t, sim.Options{})
	for path, fields := range map[string]m{
		"/insamlingar": {
			"mottagningsDatum": "2026-10-09T14:00:00+02:00", "tidigareInnehavare": companyB, "transportsatt": "R",
			"senasteHanteringsPlats": place("0188"), "kommandeHanteringsPlats": place("0188"),
		},
		"/insamlingstransport": {
			"borttransportDatum": "2026-10-13T07:00:00+02:00", "transportor": companyB, "nyInnehavare": companyC,
			"mottagningsplats": place("0180"), "transportsatt": "T",
		},
		"/handel": {
			"tidigareInnehavare": companyB, "nyInnehavare": "DK12345678", "transaktionsDatum": "2026-10-09T14:00:00.1234567+02:00",
		},
		"/behandlingsoverlamningar": {
			"borttransportDatum": "2026-10-13T07:00:00+02:00", "transportor": companyB, "nyInnehavare": companyC,
			"mottagningsplats": place("0180"),
		},
		"/behandlingsresultat": {
			"rapporteringsar": 2026, "rapporteringskvartalNr": 3, "behandlingar": []m{{"kod": "R3", "underkod": "A"}, {"kod": "D10"}},
			"mangdIckeFarligtAvfall": 10,
		},
	} {
		d.take("POST", path, note(fields))
		if codes := d.call("POST", path, note()).codes(t); len(codes) < 3 {
			t.Errorf("%s without its own fields: only %v", path, codes)
		}
	}
}

func TestSuccessCanLookLikeTheOlderExample(t *testing.T) {
	_, d := open(t, sim.Options{SuccessStatus: 201, SuccessKey: "AvfallsId"})
	got := d.call("POST", "/transporter", transport())
	if got.status != 201 || !bytes.HasPrefix(got.body, []byte(`{"AvfallsId":"`)) {
		t.Errorf("got %d %s", got.status, got.body)
	}
}
