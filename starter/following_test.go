package main

import (
	"strings"
	"testing"

	"sluss"
)

func TestFollowingTellsWhatDoesNotGetOn(t *testing.T) {
	l := opened(t)
	if code, out, errs := try(t, "following"); code != 0 || !strings.Contains(out, "Nobody has looked yet") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	must(t, l.KeepSwept(t.Context(), sluss.Trackdechets, "00000000283366", sluss.Swept{Until: noon}))
	must(t, l.FollowFailed(t.Context(), sluss.Trackdechets, "00000000283366", "no answer"))
	must(t, l.KeepHook(t.Context(), sluss.Trackdechets, "00000000283366", &sluss.Hook{State: sluss.HookElsewhere, Detail: "delete that one", At: noon}))
	for args, c := range map[string]struct {
		code int
		want []string
	}{
		"following":         {0, []string{"trackdechets 00000000283366", "all that changed until", "webhook   elsewhere", "no answer", "delete that one"}},
		"following --json":  {0, []string{`"state": "elsewhere"`, `"adrift": []`}},
		"following a":       {2, []string{"too much"}},
		"following --hook":  {2, []string{"not defined"}},
		"following --help ": {0, []string{"starter following --look"}},
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
