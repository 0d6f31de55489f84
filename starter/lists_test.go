package main

import (
	"strings"
	"testing"

	"sluss"
)

func TestListsTellDriftAndCertificate(t *testing.T) {
	l := opened(t)
	if code, out, errs := try(t, "lists"); code != 0 || !strings.Contains(out, "Nobody has looked yet") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	must(t, l.RecordLists(t.Context(), sluss.CodeLists{
		Registry: sluss.Avfallsregistret, CheckedAt: noon, FetchedAt: noon, CertificateEnds: today.AddDate(0, 0, 10),
		Drift: []sluss.Drift{{List: "avfallstyper", Code: "160605", Problem: "the register does not take this code", Remedy: "use another"}},
	}))
	for args, c := range map[string]struct {
		code int
		want []string
	}{
		"lists":                         {0, []string{"avfallsregistret", "avfallstyper 160605: the register does not take this code (use another)", "in 10 days: order a new one", "until 2031-12-05"}},
		"lists avfallsregistret --json": {0, []string{`"code": "160605"`}},
		"lists autosys":                 {2, []string{"has no code lists"}},
		"lists a b":                     {2, []string{"too much"}},
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
}
