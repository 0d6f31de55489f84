package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluss/api"
	"sluss/declarations"
	"sluss/ledger"
	"sluss/service"
)

// importing is a service that the command line finds; batches can only be declared dry.
func importing(t *testing.T) {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	profiles, err := declarations.Profiles("")
	must(t, err)
	serving(t, &service.Service{Ledger: l, Temporal: nobody{}, Profiles: profiles})
}

const weighings = "Vågsedelsnr;Datum;Avfallskod;Avfallsslag;Nettovikt (kg);Kund;Org.nr;Adress;Postnr;Ort;Kommun;Transportör;Regnr;Mottagare\n" +
	"7001;2026-11-30;13 02 05*;Spillolja;1 250;Nordhamns Verkstad AB;556000-0167;Varvsgatan 4;761 41;Norrtälje;Norrtälje;Roslagens Åkeri AB;ABC12A;Mälarens Oljeraffinaderi AB\n"

func TestImportSaysWhatItWouldDeclare(t *testing.T) {
	importing(t)
	dir := t.TempDir()
	file, profile, mend := filepath.Join(dir, "weighings.csv"), filepath.Join(dir, "ours.yaml"), filepath.Join(dir, "mend.csv")
	must(t, os.WriteFile(file, []byte(weighings+"7002;2026-11-30;13 02 05*;Spillolja;tung;;;;;;;;;\n"), 0o600))
	shipped, err := os.ReadFile("../declarations/profiles/swedish.yaml")
	must(t, err)
	must(t, os.WriteFile(profile, shipped, 0o600))
	for _, by := range []string{"swedish", profile} {
		code, out, errs := try(t, "import", file, "--profile", by, "--dry-run", "--report", mend)
		if code != exitRefused || !strings.Contains(errs, "not all batches were declared") {
			t.Errorf("%s: exit %d, %s", by, code, errs)
		}
		for _, want := range []string{
			"read as UTF-8, separated by semicolons\n", "line 2     would be declared  7001\n", `    waste.code: "13 02 05*" is read as 130205*` + "\n", "      receiver.id = 5560069618\n", `"761 41" is read as 76141`,
			"line 3     refused    7002\n", `    waste.mass: column E, "Nettovikt (kg)": mass "tung": is not a number`, "nothing is declared; would be: 1 declared, 0 unchanged, 1 refused\n",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: want %q in\n%s", by, want, out)
			}
		}
		told, err := os.ReadFile(mend)
		must(t, err)
		if lines := strings.Split(string(told), "\r\n"); len(lines) != 4 || !strings.HasPrefix(lines[2], "7002;2026-11-30;") || !strings.Contains(lines[2], ";3;refused;") {
			t.Errorf("%s: %q", by, told)
		}
		must(t, os.Remove(mend))
	}
	if code, _, errs := try(t, "import", file, "--strict", "--locale", "en"); code != exitRefused || !strings.Contains(errs, "give en-GB or en-US") {
		t.Errorf("exit %d, %s", code, errs)
	}
	if code, _, errs := try(t, "import", file, "--report", file); code != exitUsage || !strings.Contains(errs, "is the file itself") {
		t.Errorf("exit %d, %s", code, errs)
	}
	if code, _, errs := try(t, "import", file, "--profile", filepath.Join(dir, "none.yaml")); code != exitUsage || !strings.Contains(errs, "none.yaml") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

func TestATemplateIsImported(t *testing.T) {
	importing(t)
	for _, format := range []string{"csv", "xlsx"} {
		file := filepath.Join(t.TempDir(), "batches."+format)
		if code, out, errs := try(t, "template", "--country", "fr", "--format", format, "-o", file); code != exitOK || !strings.Contains(out, "starter import "+file) {
			t.Errorf("exit %d, %s, %s", code, out, errs)
		}
		if report := decoded[api.Report](t, "import", file); len(report.Rows) != 0 || report.Columns[0] != "reference" {
			t.Errorf("%+v", report)
		}
	}
	if code, out, _ := try(t, "template"); code != exitOK || !strings.HasPrefix(out, "\ufeffreference;waste.code;") {
		t.Errorf("exit %d, %q", code, out)
	}
	if code, _, errs := try(t, "template", "--country", "no", "--format", "ods"); code != exitRefused || !strings.Contains(errs, "use se or fr") || !strings.Contains(errs, "use csv or xlsx") {
		t.Errorf("exit %d, %s", code, errs)
	}
}
