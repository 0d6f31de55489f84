package declarations_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluss"
	"sluss/declarations"
	"sluss/obligations"
)

func shippedProfile(t *testing.T, name string) *declarations.Profile {
	t.Helper()
	profiles, err := declarations.Profiles("")
	if err != nil {
		t.Fatal(err)
	}
	profile, ok := profiles[name]
	if !ok {
		t.Fatalf("no profile %s", name)
	}
	return &profile
}

const weighings = "Vågsedelsnr;Datum;Avfallskod;Avfallsslag;Nettovikt (kg);Kund;Org.nr;Adress;Postnr;Ort;KOMMUN;Transportör;Regnr;Mottagare\n"

func TestAProfileMakesDeclarationsOfAnotherTable(t *testing.T) {
	o := declarations.Options{Profile: shippedProfile(t, "swedish")}
	file, err := declarations.Read([]byte(weighings+
		"7001;2026-11-30;13 02 05*;Spillolja;1 250;Nordhamns Verkstad AB;556000-0167;Varvsgatan 4;761 41;Norrtälje;Norrtälje;Roslagens Åkeri AB;ABC12A;Mälarens Oljeraffinaderi AB\n"+
		"7002;30.11.2026 14:30;130205;Spillolja;1,250;Nordhamns Verkstad AB;5560000167;Varvsgatan 4;76141;Norrtälje;norrtälje;ROSLAGENS åkeri AB;ABC12A;Mälarens Oljeraffinaderi AB\n"+
		"7003;2026-11-30;130205;Spillolja;tung;Nordhamns Verkstad AB;5560000167;;761 41;Norrtälje;Täby;Okänd;ABC12A;Mälarens Oljeraffinaderi AB\n"), o)
	if err != nil || len(file.Remarks) > 0 || len(file.Rows) != 3 {
		t.Fatalf("%+v, %v", file, err)
	}
	for i, want := range []struct {
		mass sluss.Mass
		at   string
	}{{1250 * sluss.Kilogram, "2026-11-30 08:00:00 +0100"}, {1250, "2026-11-30 14:30:00 +0100"}} {
		row := file.Rows[i]
		d := row.Declaration
		if len(row.Faults) > 0 || len(obligations.Validate(d)) > 0 {
			t.Errorf("line %d: %v, %v", row.Line, row.Faults, obligations.Validate(d))
			continue
		}
		if d.Waste.Mass != want.mass || d.Legs[0].Departure.Format("2006-01-02 15:04:05 -0700") != want.at || d.Producer.Address != "Varvsgatan 4, 761 41 Norrtälje" && i == 0 ||
			d.Legs[0].From.Municipality != "0188" || d.Legs[0].Transporter.ID != "5560065087" || d.Treatment.Operation != "R9" || d.Producer.ID != "5560000167" {
			t.Errorf("line %d: %+v", row.Line, d)
		}
	}
	told := file.Rows[2].Faults.Error()
	for _, want := range []string{
		`waste.mass: column E, "Nettovikt (kg)": mass "tung": is not a number`, `legs.0.from.municipality: column K, "KOMMUN": "Täby" is not one of the profile's codes (write `,
		`column L, "Transportör": "Okänd" is not in the profile (write Roslagens Åkeri AB, or add it to the profile)`,
	} {
		if !strings.Contains(told, want) {
			t.Errorf("want %q in %s", want, told)
		}
	}
	if got := file.Rows[2].Declaration.Producer.Address; got != "" {
		t.Errorf("an address without street was made: %q", got)
	}
	shorter, err := declarations.Read([]byte("Vågsedelsnr;Datum;waste.code\n7;2026-11-30;130205*\n"), o)
	if err != nil || !strings.Contains(shorter.Remarks.Error(), "the profile has columns that the file does not have: Adress, ") {
		t.Errorf("%v, %v", shorter.Remarks, err)
	}
}

func TestAProfilesFaultsAreToldAtOnce(t *testing.T) {
	_, err := declarations.ParseProfile([]byte(`
encoding: latin
locale: en
decimal: x
columns:
  A: {to: [waste.colour], unit: lb, time: noon}
  a: {ignore: true}
  B: {}
  C: {sets: {x: {waste.colour: red}}}
values: {waste.weight: "1", waste.name: "{Z}"}
`))
	for _, want := range []string{"encoding: ", "locale: ", "decimal: ", `columns.A.to: "waste.colour" is not a field`, "columns.A.unit: ", "columns.A.time: ", "columns.a: is there twice", "columns.B: says nothing", "columns.C.sets.x: ", `values: "waste.weight" is not`, `values.waste.name: there is no column "Z"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in %v", want, err)
		}
	}
	for text, want := range map[string]string{"columns: [": "did not find", "colums: {}": "field colums not found", "": "columns: there are none", `{"columns": {"Nr": {"to": ["reference"]}}}`: ""} {
		if _, err := declarations.ParseProfile([]byte(text)); (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestProfilesOfAFolder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"ours.yaml": "columns: {Nr: {to: [reference]}}", "theirs.json": `{"columns": {"Nr": {"to": ["ref"]}}}`, "README.md": "no profile"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	profiles, err := declarations.Profiles(dir)
	if _, ours := profiles["ours"]; !ours || err == nil || !strings.Contains(err.Error(), `columns.Nr.to: theirs.json: "ref" is not a field`) {
		t.Errorf("%v, %v", profiles, err)
	}
	if _, err := declarations.Profiles(filepath.Join(dir, "none")); err == nil || !strings.Contains(err.Error(), "profiles_dir: ") {
		t.Errorf("no folder: %v", err)
	}
}
