package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/api"
)

// says runs a command line and checks its exit code and what it writes.
func says(t *testing.T, code int, want string, args ...string) string {
	t.Helper()
	got, out, errs := try(t, args...)
	if got != code || !strings.Contains(out+errs, want) {
		t.Errorf("starter %q: exit %d, want %d with %q in\n%s%s", args, got, code, want, out, errs)
	}
	return out
}

func TestCompaniesByTheCommandLine(t *testing.T) {
	opened(t)
	t.Setenv("SLUSS_PERSON", "Karin Holm")
	says(t, exitOK, "Mälarens Oljeraffinaderi AB", "company", "list")
	says(t, exitOK, "5560360793 Bruk AB is ours", "company", "add", "556036-0793", "--country", "se", "--name", "Bruk AB", "--role", "transporter", "--role", "producer", "--site", "19650612")
	says(t, exitOK, "transporter, producer", "company", "list")
	says(t, exitRefused, "the company is entered already", "company", "add", "5560360793", "--country", "SE", "--name", "Another")
	says(t, exitRefused, "is not a number of a company in SE", "company", "add", "5", "--country", "SE", "--name", "X")
	says(t, exitOK, "5560360793 Bruk AB is not ours from ", "company", "end", "5560360793", "--country", "SE", "--reason", "sold")
	if out := says(t, exitOK, "5560069618", "company", "list"); strings.Contains(out, "Bruk AB") {
		t.Errorf("once ended:\n%s", out)
	}
	says(t, exitOK, "by Karin Holm: sold", "company", "list", "--all")
	var all []sluss.Company
	if out := says(t, exitOK, "", "company", "list", "--json"); json.Unmarshal([]byte(out), &all) != nil || len(all) != 2 || !all[0].Configured {
		t.Errorf("%s", out)
	}
	for want, args := range map[string]string{
		"NUMBER is missing":   "company add",
		"list|add|end":        "company remove 1",
		"unexpected argument": "company list 1",
		"give --reason":       "company end 1 --country SE",
		"give --country":      "company end 1 --reason x",
		"is no role":          "company add 1 --role driver",
	} {
		says(t, exitUsage, want, strings.Fields(args)...)
	}
}

func TestMandatesByTheCommandLine(t *testing.T) {
	opened(t)
	t.Setenv("SLUSS_PERSON", "Karin Holm")
	says(t, exitRefused, "is no rule and no kind of report", "mandate", "add", "5560360793", "--country", "SE", "--name", "Bruk AB", "--duty", "carriage", "--from", "2026-12-01", "--evidence", "letter", "--as", "agent")
	out := says(t, exitOK, "", "mandate", "add", "556036-0793", "--country", "SE", "--name", "Bruk AB", "--duty", "removal", "--duty", "se.transport", "--from", "2026-12-01", "--until", "2027-11-30", "--evidence", "letter", "--as", "agent", "--json")
	var added sluss.Mandate
	if json.Unmarshal([]byte(out), &added) != nil || added.Number == 0 || added.ID != "5560360793" || len(added.Duties) != 2 || added.By.Name != "Karin Holm" {
		t.Fatalf("%s", out)
	}
	says(t, exitOK, "removal, se.transport  agent  2026-12-01 – 2027-11-30  letter", "mandate", "list")
	number, _ := json.Marshal(added.Number)
	says(t, exitOK, "of 5560360793 Bruk AB ends ", "mandate", "end", string(number), "--reason", "terminated")
	if out := says(t, exitOK, "", "mandate", "list"); strings.Contains(out, "Bruk AB") {
		t.Errorf("once ended:\n%s", out)
	}
	says(t, exitOK, "by Karin Holm: terminated", "mandate", "list", "--all")
	says(t, exitRefused, "there is no such mandate 9999", "mandate", "end", "9999", "--reason", "x")
	says(t, exitUsage, "is no number of a mandate", "mandate", "end", "twelve", "--reason", "x")
}

// What others report is shown with its clock, and its receipt can be told; what needs the
// batch's workflow says that it does not answer.
func TestTheirsByTheCommandLine(t *testing.T) {
	l := opened(t)
	t.Setenv("SLUSS_PERSON", "Karin Holm")
	d := example(t, "se-waste-oil.json", "", "VO-9")
	began := time.Now().Add(-48 * time.Hour)
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: sluss.Event{Kind: sluss.Produced, At: began, By: sluss.Person{Name: "Anna Ek"}}, At: began}))
	theirs := obligation("se.transport#1", sluss.ReportTransport, sluss.Avfallsregistret, noon.AddDate(0, 0, 2))
	theirs.Theirs = true
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{
		Batch: d.ID(), Event: sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: began, By: sluss.Person{Name: "Anna Ek"}}, Obligations: []sluss.Obligation{theirs}, At: began,
	}))
	shown := says(t, exitOK, "se.transport#1  avfallsregistret, theirs: Roslagens Åkeri AB reports it itself", "show", "VO-9")
	if strings.Contains(shown, "avfallsregistret, owed") || !strings.Contains(shown, "as far as we know") || !strings.Contains(shown, "Theirs: Each transporter reports its own leg") {
		t.Errorf("%s", shown)
	}
	says(t, exitOK, "1 theirs", "list")
	if out := says(t, exitOK, "", "inbox"); strings.Contains(out, "VO-9") {
		t.Errorf("the inbox has\n%s", out)
	}
	const id = "072f294c-9e70-4cf6-b6a3-139922067ddc"
	says(t, exitUnavailable, "no Temporal", "receipt", "VO-9", "se.transport#1", id)
	says(t, exitUnavailable, "no Temporal", "duty", "VO-9", "se.transport#1", "ours", "--reason", "mandate 12")
	must(t, l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: d.ID(), How: "treated", At: noon}))
	says(t, exitRefused, "is not a waste id", "receipt", "VO-9", "se.transport#1", "nonsense")
	says(t, exitOK, "VO-9/se.transport#1 has the receipt "+id, "receipt", "VO-9", "se.transport#1", id)
	says(t, exitRefused, "the batch has no obligation", "receipt", "VO-9", "se.removal", id)
	shown = says(t, exitOK, "receipt   "+id+", told, by Karin Holm", "show", "VO-9")
	if strings.Contains(shown, "as far as we know") {
		t.Errorf("%s", shown)
	}
	var batch api.Batch
	if out := says(t, exitOK, "", "show", "VO-9", "--json"); json.Unmarshal([]byte(out), &batch) != nil || len(batch.Theirs) != 1 || batch.Theirs[0].Receipt.Receipt.ID != id {
		t.Errorf("%s", out)
	}
	says(t, exitUsage, "say ours or theirs", "duty", "VO-9", "se.removal", "mine", "--reason", "x")
	says(t, exitUsage, "give --reason", "duty", "VO-9", "se.removal", "ours")
	says(t, exitUsage, "names no filing", "duty", "VO-9", "removal", "ours")
	says(t, exitUsage, "ID is missing", "receipt", "VO-9", "se.removal")
}
