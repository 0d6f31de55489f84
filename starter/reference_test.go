package main

import (
	"strings"
	"testing"

	"sluss"
)

func TestListsTellDriftAndCertificate(t *testing.T) {
	l := opened(t)
	if code, out, errs := try(t, "reference"); code != 0 || !strings.Contains(out, "Not checked yet") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	must(t, l.RecordReferenceData(t.Context(), sluss.ReferenceData{
		Registry: sluss.Avfallsregistret, CheckedAt: noon, FetchedAt: noon, CertificateEnds: today.AddDate(0, 0, 10),
		Drift: []sluss.Drift{{List: "avfallstyper", Code: "160605", Problem: "the registry does not take this code", Remedy: "use another"}},
	}))
	for args, c := range map[string]struct {
		code int
		want []string
	}{
		"reference":                         {0, []string{"avfallsregistret", "avfallstyper 160605: the registry does not take this code (use another)", "in 10 days: order a new one", "until 2031-12-05"}},
		"reference avfallsregistret --json": {0, []string{`"code": "160605"`}},
		"reference autosys":                 {1, []string{"no such registry with reference data"}},
		"reference a b":                     {2, []string{"unexpected argument"}},
	} {
		code, out, errs := try(t, strings.Fields(args)...)
		for _, want := range c.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%s: want %q in:\n%s%s", args, want, out, errs)
			}
		}
		if code != c.code {
			t.Errorf("%s: exit %d\n%s%s", args, code, out, errs)
		}
	}
	must(t, l.RecordReferenceData(t.Context(), sluss.ReferenceData{
		Registry: sluss.Trackdechets, CheckedAt: noon, FetchedAt: noon, Drift: []sluss.Drift{
			{List: "FormStatus", Code: "LOST", Problem: "is a new value", Remedy: "look"},
			{List: "Mutation", Code: "markAsSealed", Problem: "is gone, and we ask for it", Remedy: "renew", Breaks: true},
		},
	}))
	code, out, errs := try(t, "reference", "trackdechets")
	for _, want := range []string{"breaks    Mutation markAsSealed: is gone", "drift     FormStatus LOST", "its schema differs from what we send in 2 places, the first Mutation markAsSealed"} {
		if code != exitRefused || !strings.Contains(out, want) || !strings.Contains(errs, "filing will fail") {
			t.Errorf("exit %d, no %q in\n%s%s", code, want, out, errs)
		}
	}
	quiet := sluss.ReferenceData{Registry: sluss.Trackdechets, Drift: []sluss.Drift{{List: "FormStatus", Code: "LOST", Problem: "is a new value"}}}
	if warnings := quiet.Warnings(noon); len(warnings) != 0 {
		t.Errorf("what breaks nothing warns: %q", warnings)
	}
}
