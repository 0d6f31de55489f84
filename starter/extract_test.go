package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/service"
)

//nolint:misspell // the agency's own words
const extractHeader = "\uFEFFAvfallId;Avfall.Kod;Avfall.Mangd;Tidpunkt;Referens;Verksamhetsutovare;Plats1.Kommunkod;Plats2.Kommunkod\r\n"

func writeFile(t *testing.T, text string) (name string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "utdrag.csv")
	must(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

func TestExtractIsTold(t *testing.T) {
	l := opened(t)
	d := example(t, "se-waste-oil.json", "", "VO-1")
	events := produced(t, l, d)
	id, hash := file(t, l, d, events, obligation("se.transport#1", sluss.ReportTransport, sluss.Avfallsregistret, noon.AddDate(0, 0, 2)), sluss.StageSending, "")
	permit, err := l.Begin(t.Context(), sluss.Intent{Filing: string(id), Number: 1, Purpose: sluss.ToSubmit, Registry: sluss.Avfallsregistret, Calls: 1, Hash: hash, Actor: "test"})
	must(t, err)
	must(t, l.Finish(t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Unknown}}))
	must(t, l.RecordStage(t.Context(), sluss.StageRecord{Filing: id, Number: 1, Stage: sluss.StageUnknown, Waiting: sluss.Officer, At: time.Now()}))

	line := func(id, noted string) string {
		return strings.Join([]string{id, "130205", "1250", noted, "VO-1", d.Legs[0].Transporter.ID, "0188", "1980"}, ";") + "\r\n"
	}
	const first, second = "072f294c-9e70-4cf6-b6a3-139922067ddc", "172f294c-9e70-4cf6-b6a3-139922067ddc"
	moment := events[1].At.Format(time.DateTime)
	for name, c := range map[string]struct {
		file string
		args []string
		code int
		want []string
	}{
		"taken":        {extractHeader + line(first, moment), []string{"--dry-run"}, 0, []string{"VO-1/se.transport#1  would be taken", first + ", line 2", "filings would be decided taken: 1; left to a person: 0"}},
		"twice":        {extractHeader + line(first, moment) + line(second, moment), []string{"--dry-run"}, 1, []string{"doubtful", "SkickatDubbelt", "starter decide VO-1/se.transport#1 taken --receipt " + second}},
		"nothing":      {extractHeader, []string{"--dry-run"}, 1, []string{"too-old", "left to a person: 1"}},
		"faults":       {extractHeader + line("x", "today"), []string{"--dry-run"}, 1, []string{"line 2, AvfallId", "line 2, Tidpunkt"}},
		"who":          {extractHeader, nil, 2, []string{"who does this?"}},
		"no such time": {extractHeader, []string{"--dry-run", "--made", "soon"}, 2, []string{"soon"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := try(t, append([]string{"extract", writeFile(t, c.file)}, c.args...)...)
			for _, want := range c.want {
				if !strings.Contains(out+errs, want) {
					t.Errorf("want %q in:\n%s%s", want, out, errs)
				}
			}
			if code != c.code {
				t.Errorf("exit %d, want %d\n%s%s", code, c.code, out, errs)
			}
		})
	}
	code, out, errs := try(t, "extract", writeFile(t, extractHeader+line(first, moment)), "--dry-run", "--json")
	var read service.Extracted
	if err := json.Unmarshal([]byte(out), &read); err != nil || code != 0 || read.Taken != 1 || read.Filings[0].Notes[0].AvfallsID != first {
		t.Errorf("%d %s%s: %v", code, out, errs, err)
	}
}

func TestCodesAreExplained(t *testing.T) {
	opened(t)
	for args, c := range map[string]struct {
		code int
		want []string
	}{
		"explain 1123":                         {0, []string{"1123  ", "do  ", "Swedish  "}},
		"explain 1051 --note reception":        {0, []string{"municipality", "kommunkod"}},
		"explain 4101":                         {0, []string{"2 meanings"}},
		"explain 1123 --json --note transport": {0, []string{`"field": "waste.mass"`, `"swedish"`}},
		"explain 9":                            {1, []string{"there is no such code"}},
		"explain x":                            {2, []string{`"x" is no code`}},
		"explain 1123 --note tomorrow":         {2, []string{"collection-transport"}},
		"explain":                              {2, []string{"CODE is missing"}},
		"explain 1123 --note REMOVAL":          {0, []string{"1123"}},
	} {
		code, out, errs := try(t, strings.Fields(args)...)
		for _, want := range c.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%s: want %q in:\n%s%s", args, want, out, errs)
			}
		}
		if code != c.code {
			t.Errorf("%s: exit %d, want %d", args, code, c.code)
		}
	}
}
