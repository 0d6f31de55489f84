package declarations_test

import (
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/declarations"
)

func nowhere(sluss.BatchID, sluss.EventID) string { return "" }

// readEvents reads a table of events and expects it to be readable as a whole.
func readEvents(t *testing.T, o declarations.Options, text string) []declarations.Row {
	t.Helper()
	file, err := declarations.ReadEvents([]byte(text), o, nowhere)
	if err != nil {
		t.Fatal(err)
	}
	return file.Rows
}

func TestEveryRowOfATableOfEventsIsReadOrTold(t *testing.T) {
	const header = "reference;kind;leg;at;mass;gross (kg);tare (kg);refused_mass (kg);operation;reason\n"
	for _, c := range []struct{ row, field, wrong, want string }{
		{row: "A;picked-up;;2026-11-30T08:00:00+01:00;;;;;;", want: "pickedUp#1"},
		{row: "A;Received;;2026-11-30T08:00:00+01:00;1,25 t;;;;;", want: "received 1250 kg"},
		{row: "A;received;;2026-11-30T08:00:00+01:00;;14000;12750;;;", want: "received 1250 kg"},
		{row: "A;received;;2026-11-30T08:00:00+01:00;1250 kg;14000;12750;;;", want: "received 1250 kg"},
		{row: "A;received;;2026-11-30T08:00:00+01:00;1250 kg;14000;;;;", want: "received 1250 kg"},
		{row: "A;received;;2026-11-30T08:00:00+01:00;1200 kg;14000;12750;;;", field: "mass", wrong: "is 1200 kg, and gross less tare is 1250 kg"},
		{row: "A;received;;2026-11-30T08:00:00+01:00;1250;;;;;", field: "mass", wrong: "has no unit"},
		{row: "A;received;;2026-11-30T08:00:00+01:00;;14000;;;;", field: "mass", wrong: "only one of gross and tare"},
		{row: "A;received;;2026-11-30T08:00:00+01:00;;12750;14000;;;", field: "tare", wrong: "14000 kg is not less than the gross mass of 12750 kg"},
		{row: "A;received;;30/11/2026 08:00;1 t;;;;;", field: "at", wrong: "give the file's locale"},
		{row: "A;received;;;1 t;;;;;", field: "at", wrong: "the time is missing"},
		{row: "A;arrived;;2026-11-30T08:00:00+01:00;1 t;;;;;", field: "kind", wrong: "is not an event that is reported"},
		{row: "A;produced;;2026-11-30T08:00:00+01:00;;;;;;", field: "kind", wrong: "is not an event that is reported"},
		{row: ";received;;2026-11-30T08:00:00+01:00;1 t;;;;;", field: "reference", wrong: "is missing"},
		{row: "A B;received;;2026-11-30T08:00:00+01:00;1 t;;;;;", field: "reference", wrong: "names no batch"},
		{row: "A;received;;2026-11-30T08:00:00+01:00;1 t;;;20;;", field: "refused_mass", wrong: "it belongs to accepted"},
		{row: "A;received;;2026-11-30T08:00:00+01:00;1 t;;;;R9;", field: "operation", wrong: "it belongs to treated"},
		{row: "A;treated;;2026-11-30T08:00:00+01:00;;;;;R 9;", want: "treated R9"},
	} {
		rows := readEvents(t, declarations.Options{}, header+c.row+"\n")
		wrong, _ := told(rows[0], c.field)
		e := rows[0].Event
		got := strings.TrimSpace(string(e.ID()) + " " + strings.TrimPrefix(e.Mass.String(), "0 kg") + e.Operation)
		if c.wrong != "" && !strings.Contains(wrong, c.wrong) || c.wrong == "" && (len(rows[0].Faults) > 0 || got != c.want || rows[0].Of != "batch/default/A") {
			t.Errorf("%s: %v, %s of %s; want %s%s", c.row, rows[0].Faults, got, rows[0].Of, c.want, c.wrong)
		}
	}
	// What no event but a reception tells is shown, and not told.
	rows := readEvents(t, declarations.Options{}, header+"A;pickedUp;;2026-11-30T08:00:00+01:00;1 t;;;;;\n")
	if rows[0].Event.Mass != 0 || !strings.Contains(rows[0].Notes.Error(), "`starter correct default/A waste.mass=1000`") {
		t.Errorf("%+v", rows[0])
	}
	for _, c := range []struct {
		text, want string
		profile    *declarations.Profile
	}{
		{text: "reference;at\nA;x\n", want: "kind: there is no such column"},
		{text: "reference;kind\nA;x\n", want: "at: there is no such column"},
		{text: "reference;kind;at;by.nam\nA;received;x;y\n", want: "is not a field of an event"},
		{text: "reference;kind;at\nA;received;x\n", profile: &declarations.Profile{}, want: "it is for tables of batches"},
	} {
		if _, err := declarations.ReadEvents([]byte(c.text), declarations.Options{Profile: c.profile}, nowhere); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v; want %q", c.text, err, c.want)
		}
	}
	if _, err := declarations.Read([]byte("reference\nA\n"), declarations.Options{Profile: &declarations.Profile{Of: declarations.Events}}); err == nil || !strings.Contains(err.Error(), "it is for tables of events") {
		t.Errorf("%v", err)
	}
}

func TestTwoRowsOfOneWeighingAreOneEvent(t *testing.T) {
	const header = "ticket;weighing;reference;kind;at;weight (kg)\n"
	const in, out = "1;in;A;received;2026-11-30T08:00:00+01:00;14000\n", "1;out;;;2026-11-30T08:40:00+01:00;12750\n"
	arrival := time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC)
	for _, text := range []string{in + out, out + in} {
		for _, row := range readEvents(t, declarations.Options{}, header+text) {
			_, net := told(row, "mass")
			switch {
			case len(row.Faults) > 0:
				t.Errorf("%v", row.Faults)
			case row.Joined == 0 && (row.Event.Mass != 1250*sluss.Kilogram || !row.Event.At.Equal(arrival) || row.Of != "batch/default/A" || net != "1250 kg"):
				t.Errorf("%+v", row)
			}
		}
	}
	// What is fetched is weighed full as it leaves.
	fetched := readEvents(t, declarations.Options{}, header+"1;in;A;pickedUp;2026-11-30T08:00:00+01:00;12750\n1;out;A;pickedUp;2026-11-30T08:40:00+01:00;14000\n")
	if row := fetched[1]; fetched[0].Joined != 3 || len(row.Faults) > 0 || !row.Event.At.Equal(arrival.Add(40*time.Minute)) || row.Event.Leg != 1 {
		t.Errorf("%+v", fetched)
	}
	for _, c := range []struct{ rows, field, wrong string }{
		{in, "ticket", "weighing 1 has only this row"},
		{in + in, "ticket", "weighing 1 has two rows in"},
		{in + out + out, "ticket", "weighing 1 has 3 rows"},
		{in + "1;out;B;;2026-11-30T08:40:00+01:00;12750\n", "reference", `is "B", and "A" on line 2`},
		{in + "1;out;A;;2026-11-30T08:40:00+01:00;14500\n", "weight", "that is not received"},
		{in + "1;out;A;;2026-11-30T08:40:00+01:00;\n", "weight", "line 3 of the weighing gives 0 masses"},
		{"1;in;A;received;2026-11-30T08:00:00+01:00;\n" + out, "weight", "line 2 of the weighing gives 0 masses"},
		{in + "1;sideways;A;;2026-11-30T08:40:00+01:00;12750\n", "weighing", "is neither in nor out"},
		{in + ";out;A;;2026-11-30T08:40:00+01:00;12750\n", "ticket", "is missing"},
		{"1;in;A;received;2026-11-30T08:00:00+01:00;heavy\n" + out, "ticket", "line 2 of the same weighing has faults"},
		{"1;;A;received;2026-11-30T08:00:00+01:00;14000\n", "weight", "it is not known whether the vehicle came or left"},
	} {
		rows := readEvents(t, declarations.Options{}, header+c.rows)
		wrong, _ := told(rows[len(rows)-1], c.field)
		if !strings.Contains(wrong, c.wrong) {
			t.Errorf("%s: %+v; want %q of %s", c.rows, rows[len(rows)-1].Faults, c.wrong, c.field)
		}
	}
}

func TestTimesOfEventsAreThoseOfTheirPlace(t *testing.T) {
	const text = "reference;kind;at;mass (kg)\nA;received;2026-11-30 08:00;1\nB;received;2026-11-30 08:00;1\nA;received;2026-10-25 02:30;1\nA;received;2026-03-29 02:30;1\n"
	file, err := declarations.ReadEvents([]byte(text), declarations.Options{Locale: "en-GB"}, func(batch sluss.BatchID, event sluss.EventID) string {
		if batch == "batch/default/A" && event == "received" {
			return "SE"
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	eight := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	if in, at := file.Rows[0].Event.At, file.Rows[1].Event.At; !in.Equal(eight.Add(-time.Hour)) || !at.Equal(eight) {
		t.Errorf("%s, %s", in, at)
	}
	for i, want := range map[int]string{
		2: "exists twice in Europe/Stockholm, as clocks go back: it may be 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00",
		3: "does not exist in Europe/Stockholm, as clocks go forward: it may be 2026-03-29T02:30:00+02:00 or 2026-03-29T02:30:00+01:00",
	} {
		if wrong, _ := told(file.Rows[i], "at"); !strings.Contains(wrong, want) {
			t.Errorf("line %d: %s; want %s", i+2, wrong, want)
		}
	}
}

func TestAProfileMakesEventsOfWeighings(t *testing.T) {
	profile, err := declarations.ParseProfile([]byte(`
of: events
locale: sv
decimal: ","
columns:
  Vågsedel: {to: [ticket]}
  Riktning: {to: [weighing], codes: {Infart: in, Utfart: out}}
  Ordernr: {to: [reference]}
  Tidpunkt: {to: [at]}
  Vikt: {to: [weight], unit: t}
  Vågmästare: {to: [by.name]}
values:
  kind: received
`))
	if err != nil {
		t.Fatal(err)
	}
	rows := readEvents(t, declarations.Options{Profile: &profile}, "Vågsedel;Riktning;Ordernr;Tidpunkt;Vikt;Vågmästare\n7;Infart;A;2026-11-30 08:00;14,000;Eva Strand\n7;Utfart;A;2026-11-30 08:40;12,750;Eva Strand\n")
	if row := rows[1]; len(row.Faults) > 0 || row.Event.Mass != 1250*sluss.Kilogram || row.Event.By.Name != "Eva Strand" || row.Event.At.Hour() != 8 {
		t.Errorf("%+v", rows)
	}
	if _, err := declarations.ParseProfile([]byte("of: events\ncolumns: {X: {to: [waste.mass]}}\n")); err == nil || !strings.Contains(err.Error(), `"waste.mass" is not a field of an event`) {
		t.Errorf("%v", err)
	}
	if _, err := declarations.ParseProfile([]byte("of: loads\n")); err == nil || !strings.Contains(err.Error(), "use batches or events") {
		t.Errorf("%v", err)
	}
}

func TestTheTemplateOfEventsIsRead(t *testing.T) {
	text, err := declarations.EventTemplateText()
	if err != nil {
		t.Fatal(err)
	}
	book, err := declarations.EventTemplateWorkbook()
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{text, book} {
		file, err := declarations.ReadEvents(data, declarations.Options{Strict: true}, nowhere)
		if err != nil || len(file.Rows) != 0 || file.Columns[0] != "reference" {
			t.Errorf("%+v, %v", file, err)
		}
	}
}
